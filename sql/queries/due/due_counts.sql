-- How many things are in each state as of a day, for one unit or for all.
select state, count(*) as items
from due_item
where
    as_of = $as_of
    and (
        cast($unit_id as varchar) is null
        or unit_id = $unit_id
        or exists (
            select 1
            from planned_drill_host
            where planned_drill_host.planned_drill_id = due_item.subject_id and planned_drill_host.unit_id = $unit_id
        )
        or exists (
            select 1
            from session_host
            where session_host.session_id = due_item.subject_id and session_host.unit_id = $unit_id
        )
    )
group by state
order by state;
