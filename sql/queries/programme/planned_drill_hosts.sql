-- The units that host planned drills: planned_drill_id, unit_id.
select planned_drill_id, unit_id
from planned_drill_unit
where role = 'host';
