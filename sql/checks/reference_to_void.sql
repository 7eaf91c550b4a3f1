-- Live records that point at a voided one.
select 'drill_session' as subject_type, drill_session.id, drill_session.name as label
from drill_session
inner join planned_drill on drill_session.planned_drill_id = planned_drill.id
where drill_session.voided_at is null and planned_drill.voided_at is not null
union all
select 'planned_drill', planned_drill.id, planned_drill.name
from planned_drill
inner join programme on planned_drill.programme_id = programme.id
where planned_drill.voided_at is null and programme.voided_at is not null
union all
select 'meeting', meeting.id, meeting.title
from meeting
inner join mechanism on meeting.mechanism_id = mechanism.id
where meeting.voided_at is null and mechanism.voided_at is not null
union all
select 'decision', decision.id, decision.text
from decision
inner join meeting on decision.meeting_id = meeting.id
where decision.voided_at is null and meeting.voided_at is not null;
