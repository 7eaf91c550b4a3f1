-- The latest sessions to choose from, those of one unit when $bound_unit_id is given.
select
    id,
    held_on,
    name
from session_fact
where
    cast($bound_unit_id as varchar) is null
    or exists (
        select 1
        from session_unit
        where session_unit.session_id = session_fact.id and session_unit.unit_id = $bound_unit_id
    )
order by held_on desc, id
limit 300;
