-- Keep that a person signed in.
insert into access_session (id, account_id, address, started_at, seen_at, expires_at)
values ($id, $account_id, $address, $at, $at, $expires_at);
