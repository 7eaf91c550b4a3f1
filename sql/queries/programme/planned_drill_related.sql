-- The planned drills of a plan, or those a unit hosts, with their status as of a day.
select
    planned_drill_fact.id,
    planned_drill_fact.programme_year,
    planned_drill_fact.number,
    planned_drill_fact.name,
    planned_drill_fact.hosts,
    planned_drill_fact.due_on,
    planned_drill_fact.sessions_held,
    planned_drill_fact.status,
    planned_drill_fact.due_state
from planned_drill_fact
where
    planned_drill_fact.as_of = $as_of
    and (
        planned_drill_fact.plan_id = $plan_id
        or exists (
            select 1
            from planned_drill_host
            where
                planned_drill_host.planned_drill_id = planned_drill_fact.id
                and planned_drill_host.unit_id = $host
        )
    );
