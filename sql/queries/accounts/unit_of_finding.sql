-- The unit, if it takes part in the session a finding belongs to.
select session_unit.id
from session_unit
inner join finding on finding.session_id = session_unit.session_id
where finding.id = $id and session_unit.unit_id = $unit_id;
