-- Keep the password of an account in place of the one before.
insert into account_password (account_id, password_hash, changed_at)
values ($account_id, $password_hash, $changed_at)
on conflict (account_id) do update
set password_hash = excluded.password_hash, changed_at = excluded.changed_at;
