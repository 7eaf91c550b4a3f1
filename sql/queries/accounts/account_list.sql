-- All accounts with what the administrator must know of each.
select
    account.id,
    account.login,
    account.name,
    account.role,
    account.unit_id,
    unit.name as unit,
    account.is_disabled,
    account.note,
    account.row_version,
    account_password.changed_at as password_changed_at,
    (
        select max(access_session.seen_at)
        from access_session
        where access_session.account_id = account.id
    ) as seen_at
from account
left outer join unit on account.unit_id = unit.id
left outer join account_password on account.id = account_password.account_id
where account.voided_at is null
order by account.is_disabled, account.login;
