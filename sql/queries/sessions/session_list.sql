-- The list of drill sessions, filtered; an empty filter lets everything through.
-- $search is compared with names, hosts and places; $host is a unit id;
-- $bound_unit_id leaves only what that unit takes part in.
select
    id,
    held_on,
    held_on_precision,
    name,
    hosts,
    place,
    membership,
    planned_drill_number,
    planned_drill_name,
    planned_drill_id,
    event_class,
    hazard,
    form,
    scope,
    participants,
    participants_kind,
    observers,
    support,
    status,
    origin,
    updated_at
from session_listed
where
    (cast($first_day as date) is null or held_on >= $first_day)
    and (cast($last_day as date) is null or held_on <= $last_day)
    and (cast($event_class as varchar) is null or event_class = $event_class)
    and (cast($form as varchar) is null or form = $form)
    and (cast($membership as varchar) is null or membership = $membership)
    and (cast($planned_drill_id as varchar) is null or planned_drill_id = $planned_drill_id)
    and (
        cast($bound_unit_id as varchar) is null
        or exists (
            select 1
            from session_unit
            where session_unit.session_id = session_listed.id and session_unit.unit_id = $bound_unit_id
        )
    )
    and (
        cast($host as varchar) is null
        or exists (
            select 1
            from session_host
            where session_host.session_id = session_listed.id and session_host.unit_id = $host
        )
    )
    and (
        cast($search as varchar) is null
        or position(lower($search) in lower(name || ' ' || place || ' ' || coalesce(planned_drill_name, ''))) > 0
        or exists (
            select 1
            from session_host
            where
                session_host.session_id = session_listed.id
                and position(lower($search) in lower(session_host.unit_name)) > 0
        )
    );
