-- Whose calendar address this is, while the account is in use; $id is the hash of its secret.
select
    account.id as account_id,
    account.name,
    account.login,
    account.role,
    account.unit_id
from calendar_feed
inner join account on calendar_feed.account_id = account.id
where calendar_feed.id = $id and account.voided_at is null and not account.is_disabled;
