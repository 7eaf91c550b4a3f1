-- The planned drills of one year: id, number, name.
select planned_drill.id, planned_drill.number, planned_drill.name
from planned_drill
inner join programme on planned_drill.programme_id = programme.id
where programme.year = $year and planned_drill.voided_at is null and programme.voided_at is null
order by planned_drill.number;
