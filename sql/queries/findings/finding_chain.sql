-- The chain of one finding: its drill, the plan, the revision, and the version that came of it.
with found as (
    select
        finding.id,
        finding.text,
        finding.status,
        finding.closed_on,
        drill_session.id as session_id,
        drill_session.name as session_name,
        drill_session.held_on,
        drill_session.held_on_precision,
        plan.id as plan_id,
        plan.title as plan_title,
        plan_revision.id as revision_id,
        plan_revision.kind as revision_kind,
        plan_revision.started_on,
        plan_revision.target_on,
        plan_revision.completed_on,
        plan_revision.finished_version_id as version_id
    from finding
    inner join drill_session on finding.session_id = drill_session.id
    left join plan on finding.plan_id = plan.id
    left join plan_revision on finding.plan_revision_id = plan_revision.id
    where finding.id = $id
),

final as (
    select
        found.*,
        plan_version.version_number,
        coalesce(plan_version.document_number, '') as document_number
    from found
    left join plan_version on found.version_id = plan_version.id
)

select * from final;
