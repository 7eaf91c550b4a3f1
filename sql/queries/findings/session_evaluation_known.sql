-- The evaluation of a session, if there is one.
select id
from session_evaluation
where session_id = $id and voided_at is null
limit 1;
