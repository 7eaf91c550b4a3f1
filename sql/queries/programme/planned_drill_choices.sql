-- The planned drills of one year: id, number, name; all, or those of one unit.
select planned_drill.id, planned_drill.number, planned_drill.name
from planned_drill
inner join programme on planned_drill.programme_id = programme.id
where
    programme.year = $year
    and planned_drill.voided_at is null
    and programme.voided_at is null
    and (
        cast($bound_unit_id as varchar) is null
        or exists (
            select 1
            from planned_drill_unit
            where
                planned_drill_unit.planned_drill_id = planned_drill.id
                and planned_drill_unit.unit_id = $bound_unit_id
        )
    )
order by planned_drill.number;
