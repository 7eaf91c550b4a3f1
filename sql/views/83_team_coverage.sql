-- One row per team and day, with its last session and its last joint one: a session in which at
-- least two teams took part. Ask with as_of = $as_of.
create or replace view joint_session as
select session_id
from session_team
group by session_id
having count(*) >= 2;

create or replace view team_coverage as
with held as (
    select
        calendar.day as as_of,
        session_team.team_id,
        max(drill_session.held_on) as last_held_on,
        max(case when joint_session.session_id is not null then drill_session.held_on end) as last_joint_on
    from calendar
    inner join drill_session on drill_session.held_on <= calendar.day
    inner join session_team on drill_session.id = session_team.session_id
    left join joint_session on drill_session.id = joint_session.session_id
    where drill_session.voided_at is null
    group by calendar.day, session_team.team_id
),

final as (
    select
        team_fact.as_of,
        team_fact.id,
        team_fact.name,
        team_fact.kind,
        team_fact.fields,
        team_fact.parent_unit_id,
        team_fact.parent_unit,
        held.last_held_on,
        held.last_joint_on
    from team_fact
    left join held on team_fact.id = held.team_id and team_fact.as_of = held.as_of
)

select * from final;
