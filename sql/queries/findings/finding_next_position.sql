-- The place of the next finding of a session.
select coalesce(max(position), 0) + 1 as next
from finding
where session_id = $id;
