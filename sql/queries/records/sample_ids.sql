-- The sample records of one table: id.
with record as (
    select 'unit' as subject_type, id, origin from unit
    union all
    select 'plan', id, origin from plan
    union all
    select 'programme', id, origin from programme
    union all
    select 'planned_drill', id, origin from planned_drill
    union all
    select 'drill_session', id, origin from drill_session
    union all
    select 'team', id, origin from team
    union all
    select 'office_event', id, origin from office_event
    union all
    select 'session_evaluation', id, origin from session_evaluation
    union all
    select 'finding', id, origin from finding
    union all
    select 'corrective_action', id, origin from corrective_action
    union all
    select 'mechanism', id, origin from mechanism
    union all
    select 'meeting', id, origin from meeting
    union all
    select 'decision', id, origin from decision
)

select id from record where subject_type = $subject_type and origin = 'sample' order by id;
