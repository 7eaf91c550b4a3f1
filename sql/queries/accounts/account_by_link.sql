-- The account a one-time link is for, while the link holds.
select
    account.id,
    account.login,
    account.name
from access_link
inner join account on access_link.account_id = account.id
where
    access_link.id = $id
    and access_link.used_at is null
    and access_link.expires_at > $at
    and not account.is_disabled
    and account.voided_at is null;
