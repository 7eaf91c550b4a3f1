-- Findings that are open as of a day, with the drill they come from and its first host.
with host as (
    select
        session_id,
        unit_id,
        row_number() over (partition by session_id order by position, unit_id) as place
    from session_host
)

select
    finding_fact.id,
    finding_fact.text,
    finding_fact.severity,
    session_fact.id as session_id,
    session_fact.name as session,
    session_fact.held_on,
    session_fact.event_class,
    session_fact.hazard,
    coalesce(finding_fact.plan_id, session_fact.plan_id) as plan_id,
    host.unit_id
from finding_fact
inner join session_fact on finding_fact.session_id = session_fact.id
left join host on finding_fact.session_id = host.session_id and host.place = 1
where finding_fact.as_of = $as_of and finding_fact.status <> 'closed';
