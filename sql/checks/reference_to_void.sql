-- Live records that point at a voided one.
select 'drill_session' as subject_type, drill_session.id, drill_session.name as label
from drill_session
inner join planned_drill on drill_session.planned_drill_id = planned_drill.id
where drill_session.voided_at is null and planned_drill.voided_at is not null
union all
select 'planned_drill', planned_drill.id, planned_drill.name
from planned_drill
inner join programme on planned_drill.programme_id = programme.id
where planned_drill.voided_at is null and programme.voided_at is not null;
