-- The unit, if it takes part in a planned drill.
select id
from planned_drill_unit
where planned_drill_id = $id and unit_id = $unit_id;
