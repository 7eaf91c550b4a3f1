-- One row per day, hazard and calendar year, from four years before the day's year to the one after:
-- plans in force on the day (the same in each of its years), sessions held by then, items planned.
-- What names a class but no hazard stands under the hazard ''; what names neither, under class ''.
-- Ask with as_of = $as_of and years; add plans up within one year only.
create or replace view coverage_hazard as
select parent as event_class, code as hazard, position from vocabulary where kind = 'hazard'
union all
select code, '', 1000 from vocabulary where kind = 'event_class'
union all
select '', '', 1000;

create or replace view coverage_fact as
with cell as (
    select
        calendar.day as as_of,
        cast(extract(year from calendar.day) as integer) + later.years as year,
        coverage_hazard.event_class,
        coverage_hazard.hazard,
        coverage_hazard.position
    from calendar
    cross join (values (-4), (-3), (-2), (-1), (0), (1)) as later (years)
    cross join coverage_hazard
),

standing as (
    select
        plan_fact.as_of,
        coalesce(coverage_hazard.event_class, plan_fact.event_class, '') as event_class,
        coalesce(coverage_hazard.hazard, '') as hazard,
        count(*) as plans,
        case when count(*) = 1 then min(plan_fact.id) end as plan_id
    from plan_fact
    left join coverage_hazard on plan_fact.hazard = coverage_hazard.hazard
    where plan_fact.status in ('in_force', 'under_revision')
    group by
        plan_fact.as_of,
        coalesce(coverage_hazard.event_class, plan_fact.event_class, ''),
        coalesce(coverage_hazard.hazard, '')
),

held as (
    select
        calendar.day as as_of,
        session_fact.held_year as year,
        coalesce(coverage_hazard.event_class, session_fact.event_class, '') as event_class,
        coalesce(coverage_hazard.hazard, '') as hazard,
        count(*) as sessions,
        cast(sum(session_fact.participants_counted) as bigint) as participants,
        cast(sum(session_fact.participants_unknown) as bigint) as participants_unknown
    from calendar
    inner join session_fact on session_fact.held_on <= calendar.day
    left join coverage_hazard on session_fact.hazard = coverage_hazard.hazard
    group by
        calendar.day,
        session_fact.held_year,
        coalesce(coverage_hazard.event_class, session_fact.event_class, ''),
        coalesce(coverage_hazard.hazard, '')
),

planned as (
    select
        planned_drill_fact.as_of,
        planned_drill_fact.programme_year as year,
        coalesce(coverage_hazard.event_class, planned_drill_fact.event_class, '') as event_class,
        coalesce(coverage_hazard.hazard, '') as hazard,
        count(*) as planned_drills
    from planned_drill_fact
    left join coverage_hazard on planned_drill_fact.hazard = coverage_hazard.hazard
    where planned_drill_fact.status <> 'cancelled'
    group by
        planned_drill_fact.as_of,
        planned_drill_fact.programme_year,
        coalesce(coverage_hazard.event_class, planned_drill_fact.event_class, ''),
        coalesce(coverage_hazard.hazard, '')
),

final as (
    select
        cell.as_of,
        cell.year,
        cell.event_class,
        cell.hazard,
        cell.position,
        coalesce(standing.plans, 0) as plans,
        standing.plan_id,
        coalesce(held.sessions, 0) as sessions,
        coalesce(held.participants, 0) as participants,
        coalesce(held.participants_unknown, 0) as participants_unknown,
        coalesce(planned.planned_drills, 0) as planned_drills
    from cell
    left join standing
        on
            cell.as_of = standing.as_of
            and cell.event_class = standing.event_class
            and cell.hazard = standing.hazard
    left join held
        on
            cell.as_of = held.as_of
            and cell.year = held.year
            and cell.event_class = held.event_class
            and cell.hazard = held.hazard
    left join planned
        on
            cell.as_of = planned.as_of
            and cell.year = planned.year
            and cell.event_class = planned.event_class
            and cell.hazard = planned.hazard
)

select * from final;
