-- The planned drills behind one row of the coverage matrix, of one year as of a day.
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
left join coverage_hazard on planned_drill_fact.hazard = coverage_hazard.hazard
where
    planned_drill_fact.as_of = $as_of
    and planned_drill_fact.programme_year = $first_year
    and planned_drill_fact.programme_year <= $last_year
    and planned_drill_fact.status <> 'cancelled'
    and coalesce(coverage_hazard.event_class, planned_drill_fact.event_class, '') = $event_class
    and coalesce(coverage_hazard.hazard, '') = $hazard;
