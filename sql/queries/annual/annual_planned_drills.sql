-- The planned drills of $year as of a day with what was held, narrowed by what is not null: by the
-- view ($event_class, $host) and by what a figure counts.
select
    id,
    number,
    name,
    hosts,
    event_class,
    hazard,
    plan_title,
    form,
    scope,
    purpose,
    due_text,
    due_on,
    cast($as_of as date) - due_on as days_late,
    due_on - cast($as_of as date) as days_left,
    place,
    target_sessions,
    target_participants,
    sessions_held,
    participants_held,
    first_held_on,
    last_held_on,
    status,
    due_state,
    status_reason,
    origin
from planned_drill_fact
where
    as_of = $as_of
    and programme_year = $year
    and (cast($event_class as varchar) is null or event_class = $event_class)
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
    and (cast($status as varchar) is null or status = $status)
    and (cast($due_state as varchar) is null or due_state = $due_state)
    and (cast($is_held as integer) is null or is_held = $is_held)
    and (cast($hosts as varchar) is null or hosts = $hosts)
order by number, id;
