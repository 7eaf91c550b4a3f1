-- The chain of one finding: its drill, the plan, the revision, and the version that came of it.
-- The version is the first one issued from the start of the revision on, once it is finished.
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
        (
            select min(plan_version.version_number)
            from plan_version
            where
                plan_version.plan_id = plan_revision.plan_id
                and plan_revision.completed_on is not null
                and coalesce(plan_version.issued_on, plan_version.documented_on, plan_version.effective_on)
                >= plan_revision.started_on
        ) as version_number
    from finding
    inner join drill_session on finding.session_id = drill_session.id
    left join plan on finding.plan_id = plan.id
    left join plan_revision on finding.plan_revision_id = plan_revision.id
    where finding.id = $id
),

final as (
    select
        found.*,
        coalesce(plan_version.document_number, '') as document_number
    from found
    left join plan_version
        on found.plan_id = plan_version.plan_id and found.version_number = plan_version.version_number
)

select * from final;
