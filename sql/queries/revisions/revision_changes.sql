-- What happened to revisions from $since to $until, the latest first: revisions opened and ended,
-- stages done and skipped, and target dates moved ($first_at and $end_at are the same two days as
-- instants, the end not included).
with revision as (
    select plan_revision.*, plan.title
    from plan_revision
    inner join plan on plan_revision.plan_id = plan.id and plan.voided_at is null
),

final as (
    select started_on as happened_on, 'opened' as change, id as revision_id, plan_id, title, '' as stage, '' as by
    from revision
    where started_on between $since and $until
    union all
    select completed_on, case when is_abandoned then 'abandoned' else 'finished' end, id, plan_id, title, '', ''
    from revision
    where completed_on between $since and $until
    union all
    select
        stage.done_on,
        case when stage.is_skipped then 'skipped' else 'done' end,
        revision.id,
        revision.plan_id,
        revision.title,
        stage.stage,
        stage.done_by
    from revision_stage_fact as stage
    inner join revision on stage.revision_id = revision.id
    where stage.done_on between $since and $until
    union all
    select
        cast(event.happened_at + interval '8 hours' as date), 'replanned', revision.id, revision.plan_id, revision.title, '', event.actor
    from audit_event as event
    inner join revision on event.subject_id = revision.id
    where
        event.subject_type = 'plan_revision'
        and event.action = 'replan'
        and event.happened_at >= $first_at
        and event.happened_at < $end_at
)

select final.*
from final
left join vocabulary as term on term.kind = 'revision_stage' and final.stage = term.code
order by final.happened_on desc, final.title, term.position desc, final.change;
