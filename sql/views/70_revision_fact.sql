-- One row per revision of a plan and day: its current stage and how late it is as of that day.
-- A revision has every stage of the vocabulary, planned or not. Ask with as_of = $as_of.
create or replace view revision_stage_fact as
select
    plan_revision.id as revision_id,
    plan_revision.plan_id,
    term.code as stage,
    term.position,
    revision_stage.planned_on,
    revision_stage.done_on,
    coalesce(revision_stage.is_skipped, false) as is_skipped,
    coalesce(revision_stage.done_by, '') as done_by,
    coalesce(revision_stage.note, '') as note,
    -- A stage that was skipped on an unknown day never was due.
    case
        when coalesce(revision_stage.is_skipped, false)
            then coalesce(revision_stage.done_on, date '0001-01-01')
        else revision_stage.done_on
    end as closed_on
from plan_revision
inner join plan on plan_revision.plan_id = plan.id and plan.voided_at is null
inner join vocabulary as term on term.kind = 'revision_stage'
left join revision_stage
    on plan_revision.id = revision_stage.revision_id and term.code = revision_stage.stage;

create or replace view revision_fact as
with judged as (
    select
        calendar.day as as_of,
        stage.revision_id,
        stage.position,
        stage.planned_on,
        stage.is_skipped,
        case when stage.closed_on <= calendar.day then 1 else 0 end as is_closed,
        case
            when stage.planned_on < calendar.day and (stage.closed_on is null or stage.closed_on > calendar.day)
                then 1
            else 0
        end as is_late
    from calendar
    cross join revision_stage_fact as stage
),

progress as (
    select
        as_of,
        revision_id,
        count(*) as stages_total,
        sum(case when is_closed = 1 and not is_skipped then 1 else 0 end) as stages_done,
        sum(case when is_closed = 1 and is_skipped then 1 else 0 end) as stages_skipped,
        sum(is_late) as stages_late,
        sum(case when planned_on <= as_of then 1 else 0 end) as stages_planned,
        min(case when is_late = 1 then planned_on end) as late_since,
        min(case when is_closed = 0 then position end) as position
    from judged
    group by as_of, revision_id
),

revision as (
    select
        calendar.day as as_of,
        plan_revision.*,
        plan.title,
        plan.category,
        plan.event_class,
        plan.lifecycle,
        case
            when plan_revision.completed_on is null or plan_revision.completed_on > calendar.day then 'open'
            when plan_revision.is_abandoned then 'abandoned'
            else 'finished'
        end as status
    from calendar
    cross join plan_revision
    inner join plan on plan_revision.plan_id = plan.id and plan.voided_at is null
    where
        (plan_revision.started_on is null or plan_revision.started_on <= calendar.day)
        -- A repealed plan is not revised any more.
        and not (
            plan.lifecycle = 'repealed'
            and (plan.repealed_on is null or plan.repealed_on <= calendar.day)
            and (plan_revision.completed_on is null or plan_revision.completed_on > calendar.day)
        )
),

final as (
    select
        revision.as_of,
        revision.id,
        revision.plan_id,
        revision.title,
        revision.category,
        revision.event_class,
        revision.lifecycle,
        revision.kind,
        revision.reason,
        revision.owner_unit_id,
        coalesce(unit.name, '') as owner_unit,
        revision.started_on,
        revision.target_on,
        revision.completed_on,
        revision.status,
        stage.stage,
        stage.position as stage_position,
        stage.planned_on as stage_planned_on,
        cast(progress.stages_done as integer) as stages_done,
        cast(progress.stages_skipped as integer) as stages_skipped,
        cast(progress.stages_total as integer) as stages_total,
        cast(progress.stages_planned as integer) as stages_planned,
        cast(case when revision.status = 'open' then progress.stages_late else 0 end as integer) as stages_late,
        cast(revision.target_on - revision.as_of as integer) as days_to_target,
        case when revision.status = 'open' and revision.target_on < revision.as_of then 1 else 0 end as is_late,
        case
            when revision.status <> 'open' then 0
            else
                cast(
                    greatest(
                        coalesce(revision.as_of - progress.late_since, 0),
                        coalesce(revision.as_of - revision.target_on, 0),
                        0
                    ) as integer
                )
        end as days_late,
        revision.end_reason,
        revision.finished_version_id,
        coalesce(plan_version.document_number, '') as document_number,
        revision.note
    from revision
    inner join progress on revision.id = progress.revision_id and revision.as_of = progress.as_of
    left join revision_stage_fact as stage
        on revision.id = stage.revision_id and progress.position = stage.position
    left join unit on revision.owner_unit_id = unit.id
    left join plan_version
        on revision.finished_version_id = plan_version.id and revision.completed_on <= revision.as_of
)

select * from final;
