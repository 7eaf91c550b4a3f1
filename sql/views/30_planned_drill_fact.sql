-- One row per planned drill and day: its status as of that day. Ask with as_of = $as_of.
-- Status follows from the sessions held by then; only postponing and cancelling are recorded.
-- An item without a due date is due at the end of its programme's year.
create or replace view planned_drill_host as
select
    planned_drill_unit.planned_drill_id,
    planned_drill_unit.unit_id,
    unit.name as unit_name,
    planned_drill_unit.position
from planned_drill_unit
inner join unit on planned_drill_unit.unit_id = unit.id
where planned_drill_unit.role = 'host';

create or replace view planned_drill_fact as
with hosts as (
    select
        planned_drill_id,
        string_agg(unit_name, '、' order by position, unit_name) as hosts
    from planned_drill_host
    group by planned_drill_id
),

held as (
    select
        calendar.day as as_of,
        drill_session.planned_drill_id,
        count(*) as sessions_held,
        min(drill_session.held_on) as first_held_on,
        max(drill_session.held_on) as last_held_on,
        cast(coalesce(sum(drill_session.participants), 0) as bigint) as participants_held
    from calendar
    inner join drill_session on drill_session.held_on <= calendar.day
    where drill_session.voided_at is null and drill_session.planned_drill_id is not null
    group by calendar.day, drill_session.planned_drill_id
),

item as (
    select
        calendar.day as as_of,
        planned_drill.*,
        programme.year as programme_year,
        coalesce(planned_drill.due_to, make_date(programme.year, 12, 31)) as due_on,
        coalesce(held.sessions_held, 0) as sessions_held,
        held.first_held_on,
        held.last_held_on,
        coalesce(held.participants_held, 0) as participants_held
    from calendar
    cross join planned_drill
    inner join programme on planned_drill.programme_id = programme.id
    left join held on planned_drill.id = held.planned_drill_id and held.as_of = calendar.day
    where planned_drill.voided_at is null and programme.voided_at is null
),

judged as (
    select
        item.*,
        case
            when sessions_held >= target_sessions then 'completed'
            when cancelled_on <= as_of then 'cancelled'
            when sessions_held > 0 then 'in_progress'
            when postponed_on <= as_of then 'postponed'
            else 'not_started'
        end as status
    from item
),

final as (
    select
        judged.as_of,
        judged.id,
        judged.programme_id,
        judged.programme_year,
        judged.number,
        judged.name,
        judged.name_key,
        coalesce(judged.event_class, plan.event_class) as event_class,
        coalesce(judged.hazard, plan.hazard) as hazard,
        judged.plan_id,
        plan.title as plan_title,
        judged.form,
        judged.scope,
        judged.purpose,
        coalesce(hosts.hosts, '') as hosts,
        judged.due_text,
        judged.due_from,
        judged.due_to,
        judged.due_on,
        judged.place,
        judged.target_sessions,
        judged.target_participants,
        judged.sessions_held,
        case when judged.sessions_held > 0 then 1 else 0 end as is_held,
        judged.first_held_on,
        judged.last_held_on,
        judged.participants_held,
        judged.status,
        case
            when judged.status in ('completed', 'cancelled') then 'not_applicable'
            when judged.due_on < judged.as_of then 'late'
            when judged.due_on - judged.as_of <= due_soon.within_days then 'due_soon'
            else 'normal'
        end as due_state,
        judged.status_reason,
        judged.note,
        judged.origin,
        judged.row_version,
        judged.updated_at
    from judged
    cross join due_soon
    left join plan on judged.plan_id = plan.id and plan.voided_at is null
    left join hosts on judged.id = hosts.planned_drill_id
)

select * from final;
