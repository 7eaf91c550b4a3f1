-- The first host of a session: unit_id; no row when none is recorded.
select unit_id
from session_host
where session_id = $session_id
order by position, unit_name
limit 1;
