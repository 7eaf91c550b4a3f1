-- Who holds a session: the account, or none in sample mode. The caller judges the times.
select
    access_session.id as session_id,
    access_session.account_id,
    access_session.address,
    access_session.started_at,
    access_session.seen_at,
    access_session.expires_at,
    account.login,
    account.name,
    account.role,
    account.unit_id,
    coalesce(account.is_disabled or account.voided_at is not null, false) as is_barred
from access_session
left outer join account on access_session.account_id = account.id
where access_session.id = $id and access_session.ended_at is null;
