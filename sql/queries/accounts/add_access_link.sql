-- Keep a link with which a person sets a password.
insert into access_link (id, account_id, expires_at)
values ($id, $account, $expires);
