-- Units with how often they host, filtered.
-- $search finds contacts and their telephone numbers only where $with_contacts is true.
select
    unit.id,
    unit.name,
    unit.short_name,
    unit.aliases,
    unit.kind,
    unit.is_high_risk,
    unit.is_crowded,
    unit.contact_name,
    unit.contact_phone,
    coalesce(planned.hosted, 0) as planned_drills_hosted,
    coalesce(held.hosted, 0) as sessions_hosted,
    unit.origin,
    unit.updated_at
from unit
left join (
    select planned_drill_host.unit_id, count(*) as hosted
    from planned_drill_host
    inner join planned_drill on planned_drill_host.planned_drill_id = planned_drill.id
    where planned_drill.voided_at is null
    group by planned_drill_host.unit_id
) as planned on unit.id = planned.unit_id
left join (
    select session_host.unit_id, count(*) as hosted
    from session_host
    inner join drill_session on session_host.session_id = drill_session.id
    where drill_session.voided_at is null
    group by session_host.unit_id
) as held on unit.id = held.unit_id
where
    unit.voided_at is null
    and (cast($kind as varchar) is null or unit.kind = $kind)
    and (
        cast($search as varchar) is null
        or position(lower($search) in lower(unit.name || ' ' || unit.short_name || ' ' || unit.aliases)) > 0
        or (
            $with_contacts
            and position(lower($search) in lower(unit.contact_name || ' ' || unit.contact_phone)) > 0
        )
    );
