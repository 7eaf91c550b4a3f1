-- The planned drills of a year (or all) with their status as of a day, filtered.
select
    id,
    programme_year,
    number,
    name,
    hosts,
    event_class,
    hazard,
    plan_title,
    form,
    scope,
    due_text,
    due_on,
    place,
    target_sessions,
    sessions_held,
    participants_held,
    last_held_on,
    status,
    due_state,
    origin,
    updated_at
from planned_drill_fact
where
    as_of = $as_of
    and (cast($year as integer) is null or programme_year = $year)
    and (cast($status as varchar) is null or status = $status)
    and (cast($due_state as varchar) is null or due_state = $due_state)
    and (cast($event_class as varchar) is null or event_class = $event_class)
    and (
        cast($bound_unit_id as varchar) is null
        or exists (
            select 1
            from planned_drill_unit
            where
                planned_drill_unit.planned_drill_id = planned_drill_fact.id
                and planned_drill_unit.unit_id = $bound_unit_id
        )
    )
    and (
        cast($host as varchar) is null
        or exists (
            select 1
            from planned_drill_host
            where
                planned_drill_host.planned_drill_id = planned_drill_fact.id
                and planned_drill_host.unit_id = $host
        )
    )
    and (
        cast($search as varchar) is null
        or position(lower($search) in lower(name || ' ' || hosts || ' ' || place)) > 0
    );
