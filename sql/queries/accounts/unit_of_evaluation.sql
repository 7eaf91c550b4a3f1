-- The unit, if it takes part in the session an evaluation belongs to.
select session_unit.id
from session_unit
inner join session_evaluation on session_evaluation.session_id = session_unit.session_id
where session_evaluation.id = $id and session_unit.unit_id = $unit_id;
