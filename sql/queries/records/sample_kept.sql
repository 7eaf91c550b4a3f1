-- Sample records that the office's own records point at, directly or through other kept ones:
-- they become the office's own when the sample year is removed. Voided records still point.
with recursive record as (
    select 'unit' as subject_type, id, name as label, origin, row_version from unit
    union all
    select 'plan', id, title, origin, row_version from plan
    union all
    select 'programme', id, title, origin, row_version from programme
    union all
    select 'planned_drill', id, name, origin, row_version from planned_drill
    union all
    select 'drill_session', id, name, origin, row_version from drill_session
    union all
    select 'team', id, name, origin, row_version from team
    union all
    select 'office_event', id, document, origin, row_version from office_event
    union all
    select 'session_evaluation', id, evaluator, origin, row_version from session_evaluation
    union all
    select 'finding', id, text, origin, row_version from finding
    union all
    select 'corrective_action', id, text, origin, row_version from corrective_action
    union all
    select 'mechanism', id, title, origin, row_version from mechanism
    union all
    select 'meeting', id, title, origin, row_version from meeting
    union all
    select 'decision', id, text, origin, row_version from decision
    union all
    select 'account', id, name, origin, row_version from account
),

pointer as (
    select id as from_id, 'unit' as subject_type, lead_unit_id as to_id from plan
    union all
    select plan_id, 'unit', owner_unit_id from plan_revision
    union all
    select id, 'programme', programme_id from planned_drill
    union all
    select id, 'plan', plan_id from planned_drill
    union all
    select planned_drill_id, 'unit', unit_id from planned_drill_unit
    union all
    select id, 'planned_drill', planned_drill_id from drill_session
    union all
    select id, 'plan', plan_id from drill_session
    union all
    select session_id, 'unit', unit_id from session_unit
    union all
    select session_id, 'team', team_id from session_team
    union all
    select id, 'unit', parent_unit_id from team
    union all
    select id, 'drill_session', session_id from session_evaluation
    union all
    select id, 'drill_session', session_id from finding
    union all
    select id, 'plan', plan_id from finding
    union all
    select id, 'finding', finding_id from corrective_action
    union all
    select id, 'unit', owner_unit_id from corrective_action
    union all
    select mechanism_id, 'unit', unit_id from mechanism_member
    union all
    select id, 'mechanism', mechanism_id from meeting
    union all
    select id, 'meeting', meeting_id from decision
    union all
    select id, 'unit', owner_unit_id from decision
    union all
    select id, 'unit', unit_id from account
),

kept as (
    select pointer.subject_type, pointer.to_id
    from pointer
    inner join record on pointer.from_id = record.id
    where record.origin <> 'sample' and pointer.to_id is not null
    union
    select pointer.subject_type, pointer.to_id
    from kept
    inner join pointer on kept.to_id = pointer.from_id
    where pointer.to_id is not null
),

final as (
    select
        record.subject_type,
        record.id,
        record.label,
        record.row_version
    from record
    inner join kept on record.id = kept.to_id and record.subject_type = kept.subject_type
    where record.origin = 'sample'
)

select * from final
order by subject_type, label;
