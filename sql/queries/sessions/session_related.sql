-- The sessions that belong to another record: to a plan (also through their planned drill), a team,
-- a planned drill, or a unit as host. Exactly one of the ids is given.
select
    session_listed.id,
    session_listed.held_on,
    session_listed.held_on_precision,
    session_listed.name,
    session_listed.hosts,
    session_listed.form,
    session_listed.participants,
    session_listed.participants_kind,
    session_listed.place
from session_listed
where
    (
        session_listed.planned_drill_id = $planned_drill_id
        or session_listed.plan_id = $plan_id
        or exists (
            select 1
            from session_team
            where session_team.session_id = session_listed.id and session_team.team_id = $team_id
        )
        or exists (
            select 1
            from session_host
            where session_host.session_id = session_listed.id and session_host.unit_id = $host
        )
    )
    and (
        cast($bound_unit_id as varchar) is null
        or exists (
            select 1
            from session_unit
            where session_unit.session_id = session_listed.id and session_unit.unit_id = $bound_unit_id
        )
    );
