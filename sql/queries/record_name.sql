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
select 'mechanism', title from mechanism where id = $id
union all
select 'meeting', title from meeting where id = $id
union all
select 'decision', text from decision where id = $id
union all
select 'attachment', file_name from attachment where id = $id;
