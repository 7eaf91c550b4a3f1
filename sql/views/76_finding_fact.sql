-- One row per finding and day: its status, its actions and its age on that day. Ask with
-- as_of = $as_of. A finding exists from the day of its drill on; its age ends when it is closed.
-- A major finding on a plan without a revision is late when the rule says so (major_finding).
create or replace view finding_fact as
with awaited as (
    select as_of, finding_id, min(revise_by) as revise_by
    from major_finding
    where not is_done
    group by as_of, finding_id
),

counted as (
    select
        as_of,
        finding_id,
        count(*) as actions,
        cast(sum(is_open) as bigint) as open_actions,
        cast(sum(is_late) as bigint) as late_actions,
        cast(sum(is_verified) as bigint) as verified_actions,
        min(case when is_open = 1 then due_on end) as next_due_on
    from action_fact
    group by as_of, finding_id
),

found as (
    select
        calendar.day as as_of,
        finding.id,
        finding.session_id,
        session_listed.name as session_name,
        session_listed.held_on,
        session_listed.held_on_precision,
        session_listed.held_year,
        session_listed.hosts,
        finding.position,
        finding.text,
        finding.kind,
        finding.severity,
        finding.plan_id,
        coalesce(plan.title, '') as plan_title,
        plan_revision.id as plan_revision_id,
        plan_revision.started_on as revision_started_on,
        case
            when finding.status = 'closed' and finding.closed_on <= calendar.day then 'closed'
            when plan_revision.id is null then 'open'
            when finding.status = 'open' then 'open'
            when plan_revision.started_on > calendar.day then 'open'
            else 'in_revision'
        end as status,
        case when finding.closed_on <= calendar.day then finding.closed_on end as closed_on,
        finding.note,
        finding.origin,
        finding.row_version,
        finding.updated_at
    from calendar
    cross join finding
    inner join session_listed on finding.session_id = session_listed.id
    left join plan on finding.plan_id = plan.id and plan.voided_at is null
    left join plan_revision on finding.plan_revision_id = plan_revision.id
    where finding.voided_at is null and session_listed.held_on <= calendar.day
),

judged as (
    select
        found.*,
        coalesce(counted.actions, 0) as actions,
        coalesce(counted.open_actions, 0) as open_actions,
        coalesce(counted.late_actions, 0) as late_actions,
        coalesce(counted.verified_actions, 0) as verified_actions,
        counted.next_due_on,
        coalesce(found.closed_on, found.as_of) - found.held_on as age_days,
        awaited.revise_by
    from found
    left join awaited on found.id = awaited.finding_id and found.as_of = awaited.as_of
    left join counted on found.id = counted.finding_id and found.as_of = counted.as_of
),

final as (
    select
        judged.*,
        case when judged.revise_by < judged.as_of then 1 else 0 end as is_revision_late,
        case
            when judged.status = 'closed' then 'closed'
            when judged.late_actions > 0 or judged.revise_by < judged.as_of then 'late'
            else 'open'
        end as standing
    from judged
)

select * from final;
