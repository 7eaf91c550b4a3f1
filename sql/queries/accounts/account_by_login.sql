-- One account by what its holder types, with the hash of the password if there is one.
select
    account.id,
    account.login,
    account.name,
    account.role,
    account.unit_id,
    account.is_disabled,
    account_password.password_hash
from account
left outer join account_password on account.id = account_password.account_id
where account.login = $login and account.voided_at is null;
