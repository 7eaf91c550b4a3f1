-- Who does what in the planned drills of $year: one row per unit and role, in the order given.
select
    planned_drill_unit.planned_drill_id,
    unit.name as unit_name,
    planned_drill_unit.role,
    planned_drill_unit.duty
from planned_drill_unit
inner join planned_drill on planned_drill_unit.planned_drill_id = planned_drill.id
inner join programme on planned_drill.programme_id = programme.id
inner join unit on planned_drill_unit.unit_id = unit.id
where programme.year = $year
order by planned_drill_unit.planned_drill_id, planned_drill_unit.position, planned_drill_unit.id;
