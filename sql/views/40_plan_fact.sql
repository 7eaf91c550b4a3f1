-- One row per contingency plan and day: its current version and its status as of that day.
-- A plan whose first version came later counts from its drafting on. Ask with as_of = $as_of.
create or replace view plan_version_dated as
select
    plan_version.*,
    coalesce(issued_on, documented_on, effective_on) as counted_from
from plan_version;

create or replace view plan_fact as
with version_on_day as (
    select
        calendar.day as as_of,
        plan_version_dated.plan_id,
        max(plan_version_dated.version_number) as version_number
    from calendar
    inner join plan_version_dated
        on plan_version_dated.counted_from is null or plan_version_dated.counted_from <= calendar.day
    group by calendar.day, plan_version_dated.plan_id
),

first_version as (
    select
        plan_id,
        min(coalesce(counted_from, date '0001-01-01')) as first_on
    from plan_version_dated
    group by plan_id
),

revision_on_day as (
    select
        calendar.day as as_of,
        plan_revision.plan_id,
        min(plan_revision.started_on) as revision_started_on,
        max(plan_revision.target_on) as revision_target_on
    from calendar
    inner join plan_revision
        on
            (plan_revision.started_on is null or plan_revision.started_on <= calendar.day)
            and (plan_revision.completed_on is null or plan_revision.completed_on > calendar.day)
    group by calendar.day, plan_revision.plan_id
),

final as (
    select
        calendar.day as as_of,
        plan.id,
        plan.title,
        plan.title_key,
        plan.category,
        plan.document_kind,
        plan.event_class,
        plan.hazard,
        plan.lead_unit_id,
        coalesce(unit.name, '') as lead_unit,
        version.version_number,
        coalesce(version.document_number, '') as document_number,
        version.documented_on,
        version.issued_on,
        version.effective_on,
        version.filed_on,
        version.published_on,
        coalesce(version.issuing_unit, '') as issuing_unit,
        revision_on_day.revision_started_on,
        revision_on_day.revision_target_on,
        case
            when plan.lifecycle = 'repealed' and (plan.repealed_on is null or plan.repealed_on <= calendar.day)
                then 'repealed'
            when plan.lifecycle = 'drafting' or first_version.first_on > calendar.day then 'drafting'
            when revision_on_day.plan_id is not null then 'under_revision'
            else 'in_force'
        end as status,
        case
            when plan.lifecycle = 'repealed' and (plan.repealed_on is null or plan.repealed_on <= calendar.day) then 0
            when revision_on_day.revision_target_on < calendar.day then 1
            else 0
        end as is_revision_late,
        plan.note,
        plan.origin,
        plan.row_version,
        plan.updated_at
    from calendar
    cross join plan
    left join unit on plan.lead_unit_id = unit.id
    left join version_on_day on plan.id = version_on_day.plan_id and version_on_day.as_of = calendar.day
    left join plan_version_dated as version
        on plan.id = version.plan_id and version_on_day.version_number = version.version_number
    left join first_version on plan.id = first_version.plan_id
    left join revision_on_day on plan.id = revision_on_day.plan_id and revision_on_day.as_of = calendar.day
    where
        plan.voided_at is null
        and (
            first_version.first_on is null
            or first_version.first_on <= calendar.day
            or revision_on_day.plan_id is not null
        )
)

select * from final;
