-- The units of a year's planned drills with role and duty.
select
    planned_drill_unit.planned_drill_id,
    planned_drill_unit.unit_id,
    planned_drill_unit.role,
    planned_drill_unit.duty,
    planned_drill_unit.position
from planned_drill_unit
inner join planned_drill on planned_drill_unit.planned_drill_id = planned_drill.id
inner join programme on planned_drill.programme_id = programme.id
where programme.year = $year and planned_drill.voided_at is null and programme.voided_at is null
order by planned_drill_unit.planned_drill_id, planned_drill_unit.position, planned_drill_unit.id;
