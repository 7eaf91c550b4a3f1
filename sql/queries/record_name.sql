-- What the record with this id is called, voided or not: subject_type, name.
select 'unit' as subject_type, name from unit where id = $id
union all
select 'plan', title from plan where id = $id
union all
select 'programme', title from programme where id = $id
union all
select 'planned_drill', name from planned_drill where id = $id
union all
select 'drill_session', name from drill_session where id = $id
union all
select 'team', name from team where id = $id
union all
select 'attachment', file_name from attachment where id = $id
union all
select 'session_evaluation', evaluator from session_evaluation where id = $id
union all
select 'finding', text from finding where id = $id
union all
select 'corrective_action', text from corrective_action where id = $id;
