-- One row per corrective action and day: how it stood on that day. Ask with as_of = $as_of.
-- An action exists from the day of its drill on; those of voided findings and sessions do not.
create or replace view action_fact as
with soon as (
    select
        coalesce(
            (
                select cast(nullif(value, '') as integer)
                from office_setting
                where name = 'action_soon_days'
            ), 7
        ) as days
),

action as (
    select
        calendar.day as as_of,
        corrective_action.id,
        corrective_action.finding_id,
        finding.session_id,
        drill_session.name as session_name,
        drill_session.held_on,
        finding.text as finding_text,
        finding.kind as finding_kind,
        finding.severity,
        corrective_action.text,
        corrective_action.owner_unit_id,
        coalesce(unit.name, '') as owner_unit,
        corrective_action.due_on,
        case when corrective_action.done_on <= calendar.day then corrective_action.done_on end as done_on,
        corrective_action.evidence,
        corrective_action.verified_by,
        case
            when corrective_action.verified_on <= calendar.day then corrective_action.verified_on
        end as verified_on,
        corrective_action.note,
        corrective_action.origin,
        corrective_action.row_version,
        corrective_action.updated_at
    from calendar
    cross join corrective_action
    inner join finding on corrective_action.finding_id = finding.id
    inner join drill_session on finding.session_id = drill_session.id
    left join unit on corrective_action.owner_unit_id = unit.id
    where
        corrective_action.voided_at is null
        and finding.voided_at is null
        and drill_session.voided_at is null
        and drill_session.held_on <= calendar.day
),

final as (
    select
        action.*,
        action.due_on - action.as_of as days,
        case
            when action.done_on is not null then 'done'
            when action.due_on < action.as_of then 'late'
            when action.due_on - action.as_of <= soon.days then 'due_soon'
            else 'normal'
        end as state,
        case when action.done_on is null then 1 else 0 end as is_open,
        case when action.done_on is null and action.due_on < action.as_of then 1 else 0 end as is_late,
        case when action.verified_on is not null then 1 else 0 end as is_verified
    from action
    cross join soon
)

select * from final;
