-- Records that no audit line speaks of.
with record as (
    select 'unit' as subject_type, id, name as label from unit
    union all
    select 'plan', id, title from plan
    union all
    select 'programme', id, title from programme
    union all
    select 'planned_drill', id, name from planned_drill
    union all
    select 'drill_session', id, name from drill_session
    union all
    select 'team', id, name from team
)

select record.subject_type, record.id, record.label
from record
where
    not exists (
        select 1
        from audit_event
        where audit_event.subject_type = record.subject_type and audit_event.subject_id = record.id
    );
