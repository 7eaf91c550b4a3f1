-- What the record with this id is called, voided or not: subject_type, name.
select 'unit' as subject_type, name from unit where id = $id
union all
select 'plan', title from plan where id = $id
union all
select 'plan_version', plan.title
from plan_version
inner join plan on plan_version.plan_id = plan.id
where plan_version.id = $id
union all
select 'plan_revision', plan.title
from plan_revision
inner join plan on plan_revision.plan_id = plan.id
where plan_revision.id = $id
union all
select 'programme', title from programme where id = $id
union all
select 'planned_drill', name from planned_drill where id = $id
union all
select 'drill_session', name from drill_session where id = $id
union all
select 'team', name from team where id = $id
union all
select 'rule', code from rule where id = $id
union all
select 'office_event', document from office_event where id = $id
union all
select 'working_day_correction', reason from working_day_correction where id = $id
union all
select 'session_evaluation', evaluator from session_evaluation where id = $id
union all
select 'finding', text from finding where id = $id
union all
select 'corrective_action', text from corrective_action where id = $id
union all
select 'mechanism', title from mechanism where id = $id
union all
select 'meeting', title from meeting where id = $id
union all
select 'decision', text from decision where id = $id
union all
select 'attachment', file_name from attachment where id = $id;
