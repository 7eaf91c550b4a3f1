-- The unit, if it takes part in the session a corrective action belongs to.
select session_unit.id
from session_unit
inner join finding on finding.session_id = session_unit.session_id
inner join corrective_action on corrective_action.finding_id = finding.id
where corrective_action.id = $id and session_unit.unit_id = $unit_id;
