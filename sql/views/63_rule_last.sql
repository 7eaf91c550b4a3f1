-- When what a rule wants again and again was last done, by each day; one row per measure and
-- subject that ever did it. Ask with as_of = $as_of.
create or replace view plan_drill as
select drill_session.plan_id, drill_session.id as session_id, drill_session.held_on
from drill_session
where drill_session.voided_at is null and drill_session.plan_id is not null
union all
select planned_drill.plan_id, drill_session.id as session_id, drill_session.held_on
from drill_session
inner join planned_drill on drill_session.planned_drill_id = planned_drill.id
where
    drill_session.voided_at is null
    and planned_drill.voided_at is null
    and planned_drill.plan_id is not null;

create or replace view unit_drill as
select
    session_unit.unit_id,
    drill_session.held_on,
    drill_session.reported_on,
    coalesce(drill_session.event_class, planned_drill.event_class, plan.event_class) as event_class
from drill_session
inner join session_unit on drill_session.id = session_unit.session_id
left join planned_drill on drill_session.planned_drill_id = planned_drill.id and planned_drill.voided_at is null
left join plan
    on coalesce(drill_session.plan_id, planned_drill.plan_id) = plan.id and plan.voided_at is null
where drill_session.voided_at is null and session_unit.role in ('host', 'organiser');

create or replace view joint_drill as
with team_count as (
    select session_id, count(*) as teams
    from session_team
    group by session_id
),

final as (
    select session_team.team_id, drill_session.held_on
    from session_team
    inner join team_count on session_team.session_id = team_count.session_id
    inner join drill_session on session_team.session_id = drill_session.id
    where team_count.teams >= 2 and drill_session.voided_at is null
)

select * from final;

-- A programme without a day of approval counts from the first day of its year.
create or replace view office_deed as
select 'programme_made' as measure, coalesce(approved_on, make_date(year, 1, 1)) as done_on
from programme
where voided_at is null
union all
select 'programme_made', happened_on
from office_event
where voided_at is null and kind = 'programme_published'
union all
select 'team_list_published', happened_on
from office_event
where voided_at is null and kind = 'team_list_published';

create or replace view plan_last as
select
    calendar.day as as_of,
    'drill_held' as measure,
    plan_drill.plan_id,
    max(plan_drill.held_on) as last_on
from calendar
inner join plan_drill on plan_drill.held_on <= calendar.day
group by calendar.day, plan_drill.plan_id
union all
select calendar.day, 'assessed', plan_assessment.plan_id, max(plan_assessment.assessed_on)
from calendar
inner join plan_assessment on plan_assessment.assessed_on <= calendar.day
group by calendar.day, plan_assessment.plan_id;

-- Reported sessions are those of accidents: the article asks for drills of production safety.
create or replace view unit_last as
select
    calendar.day as as_of,
    unit_drill.unit_id,
    max(unit_drill.held_on) as held_on,
    max(
        case
            when unit_drill.event_class = 'accident_disaster' and unit_drill.reported_on <= calendar.day
                then unit_drill.held_on
        end
    ) as reported_held_on
from calendar
inner join unit_drill on unit_drill.held_on <= calendar.day
group by calendar.day, unit_drill.unit_id;

create or replace view team_last as
select
    calendar.day as as_of,
    'joint_drill_held' as measure,
    joint_drill.team_id,
    max(joint_drill.held_on) as last_on
from calendar
inner join joint_drill on joint_drill.held_on <= calendar.day
group by calendar.day, joint_drill.team_id
union all
select calendar.day, 'trained', team_training.team_id, max(team_training.trained_on)
from calendar
inner join team_training on team_training.trained_on <= calendar.day
group by calendar.day, team_training.team_id;

create or replace view office_last as
select calendar.day as as_of, office_deed.measure, max(office_deed.done_on) as last_on
from calendar
inner join office_deed on office_deed.done_on <= calendar.day
group by calendar.day, office_deed.measure;

-- What plans in force there are, for what must simply be so.
create or replace view office_plan as
select
    calendar.day as as_of,
    count(distinct case when plan_asked.is_of_government then plan_asked.event_class end) as classes,
    count(plan_asked.trait) as for_production_safety
from calendar
left join plan_asked
    on
        plan_asked.lifecycle <> 'drafting'
        and (plan_asked.began_on is null or plan_asked.began_on <= calendar.day)
        and not (
            plan_asked.lifecycle = 'repealed'
            and (plan_asked.repealed_on is null or plan_asked.repealed_on <= calendar.day)
        )
group by calendar.day;
