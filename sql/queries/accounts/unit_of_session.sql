-- The unit, if it takes part in a drill session.
select id
from session_unit
where session_id = $id and unit_id = $unit_id;
