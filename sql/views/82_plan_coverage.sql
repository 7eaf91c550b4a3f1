-- One row per plan in force and day, with the last drill of it by then. Ask with as_of = $as_of.
create or replace view plan_coverage as
with held as (
    select
        calendar.day as as_of,
        plan_drill.plan_id,
        max(plan_drill.held_on) as last_held_on,
        count(distinct plan_drill.session_id) as sessions_held
    from calendar
    inner join plan_drill on plan_drill.held_on <= calendar.day
    group by calendar.day, plan_drill.plan_id
),

final as (
    select
        plan_fact.as_of,
        plan_fact.id,
        plan_fact.title,
        plan_fact.category,
        plan_fact.event_class,
        plan_fact.hazard,
        plan_fact.status,
        plan_fact.lead_unit_id,
        plan_fact.lead_unit,
        held.last_held_on,
        coalesce(held.sessions_held, 0) as sessions_held
    from plan_fact
    left join held on plan_fact.id = held.plan_id and plan_fact.as_of = held.as_of
    where plan_fact.status in ('in_force', 'under_revision')
)

select * from final;
