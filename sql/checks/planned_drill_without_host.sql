-- Planned drills for which no host is recorded.
select 'planned_drill' as subject_type, planned_drill.id, planned_drill.name as label
from planned_drill
where
    planned_drill.voided_at is null
    and not exists (
        select 1
        from planned_drill_unit
        where planned_drill_unit.planned_drill_id = planned_drill.id and planned_drill_unit.role = 'host'
    );
