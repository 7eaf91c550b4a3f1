-- One row per drill session that counts (not voided), with everything figures are made of.
-- Participants are person-times; an unknown head count adds nothing and is counted as unknown.
create or replace view session_host as
select
    session_unit.session_id,
    session_unit.unit_id,
    unit.name as unit_name,
    session_unit.position
from session_unit
inner join unit on session_unit.unit_id = unit.id
where session_unit.role = 'host';

create or replace view session_fact as
with item as (
    select
        planned_drill.id,
        planned_drill.number,
        planned_drill.name,
        planned_drill.event_class,
        planned_drill.hazard,
        planned_drill.plan_id,
        programme.year
    from planned_drill
    inner join programme on planned_drill.programme_id = programme.id
    where planned_drill.voided_at is null and programme.voided_at is null
),

final as (
    select
        drill_session.id,
        drill_session.name,
        drill_session.name_key,
        drill_session.held_on,
        drill_session.held_on_precision,
        drill_session.starts_at,
        drill_session.ends_at,
        cast(extract(year from drill_session.held_on) as integer) as held_year,
        cast(extract(month from drill_session.held_on) as integer) as held_month,
        item.id as planned_drill_id,
        item.number as planned_drill_number,
        item.name as planned_drill_name,
        item.year as programme_year,
        case when item.id is null then 'outside' else 'inside' end as membership,
        plan.id as plan_id,
        plan.title as plan_title,
        coalesce(drill_session.event_class, item.event_class, plan.event_class) as event_class,
        coalesce(drill_session.hazard, item.hazard, plan.hazard) as hazard,
        drill_session.form,
        drill_session.scope,
        drill_session.purpose,
        drill_session.is_no_notice,
        drill_session.place,
        drill_session.participants,
        drill_session.participants_kind,
        coalesce(drill_session.participants, 0) as participants_counted,
        case when drill_session.participants is null then 1 else 0 end as participants_unknown,
        drill_session.observers,
        drill_session.observers_kind,
        coalesce(drill_session.observers, 0) as observers_counted,
        drill_session.support,
        drill_session.support_kind,
        coalesce(drill_session.support, 0) as support_counted,
        drill_session.summary,
        drill_session.weather,
        drill_session.status,
        drill_session.origin,
        drill_session.row_version,
        drill_session.created_at,
        drill_session.updated_at
    from drill_session
    left join item on drill_session.planned_drill_id = item.id
    left join plan on coalesce(drill_session.plan_id, item.plan_id) = plan.id and plan.voided_at is null
    where drill_session.voided_at is null
)

select * from final;

-- The same rows with the names of their hosts: for lists. Figures leave the names out, since
-- joining them costs more than the rest of the query.
create or replace view session_listed as
select
    session_fact.*,
    coalesce(
        (
            select string_agg(session_host.unit_name, '、' order by session_host.position, session_host.unit_name)
            from session_host
            where session_host.session_id = session_fact.id
        ),
        ''
    ) as hosts
from session_fact;
