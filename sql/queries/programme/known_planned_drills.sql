-- Planned drills as sessions are linked to them: id, year, number, name, name_key.
select planned_drill.id, programme.year, planned_drill.number, planned_drill.name, planned_drill.name_key
from planned_drill
inner join programme on planned_drill.programme_id = programme.id
where planned_drill.voided_at is null and programme.voided_at is null
order by planned_drill.number;
