-- Records that no audit line speaks of. Where the oldest lines are gone (their time limit is over),
-- what was last changed before the lines that are left is not asked for.
with record as (
    select 'unit' as subject_type, id, name as label, updated_at from unit
    union all
    select 'plan', id, title, updated_at from plan
    union all
    select 'programme', id, title, updated_at from programme
    union all
    select 'planned_drill', id, name, updated_at from planned_drill
    union all
    select 'drill_session', id, name, updated_at from drill_session
    union all
    select 'team', id, name, updated_at from team
    union all
    select 'rule', id, code, updated_at from rule where origin <> 'shipped'
    union all
    select 'office_event', id, document, updated_at from office_event
    union all
    select 'working_day_correction', id, reason, updated_at from working_day_correction
    union all
    select 'session_evaluation', id, evaluator, updated_at from session_evaluation
    union all
    select 'finding', id, text, updated_at from finding
    union all
    select 'corrective_action', id, text, updated_at from corrective_action
    union all
    select 'mechanism', id, title, updated_at from mechanism
    union all
    select 'meeting', id, title, updated_at from meeting
    union all
    select 'decision', id, text, updated_at from decision
    union all
    select 'account', id, name, updated_at from account
    union all
    select 'attachment', id, file_name, updated_at from attachment
    union all
    select 'office_setting', name, name, cast(null as timestamp) from office_setting
),

kept as (
    select min(position) as first_position, max(case when is_first then happened_at end) as first_at
    from (
        select position, happened_at, position = min(position) over () as is_first
        from audit_event
    ) as event
),

final as (
    select record.subject_type, record.id, record.label
    from record
    cross join kept
    where
        (
            kept.first_position is null
            or kept.first_position = 1
            or record.updated_at >= kept.first_at
        )
        and not exists (
            select 1
            from audit_event
            where
                audit_event.subject_type = record.subject_type
                and audit_event.subject_id = record.id
        )
)

select * from final;
