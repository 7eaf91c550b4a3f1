-- The sessions held for a planned drill.
select name
from drill_session
where planned_drill_id = $id and voided_at is null;
