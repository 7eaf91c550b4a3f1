-- The planned drills of a year that are late ($due_state late) or due soon as of a day.
select
    id,
    number,
    name,
    hosts,
    due_on,
    cast($as_of as date) - due_on as days_late,
    due_on - cast($as_of as date) as days_left,
    status
from planned_drill_fact
where
    as_of = $as_of
    and programme_year = $year
    and due_state = $due_state
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
order by days_late desc, number;
