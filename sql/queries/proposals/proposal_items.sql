-- The planned drills of a programme's year that were not begun or were postponed, as of a day.
select
    planned_drill_fact.id,
    planned_drill_fact.programme_year as year,
    planned_drill_fact.number,
    planned_drill_fact.name,
    planned_drill_fact.event_class,
    planned_drill_fact.hazard,
    planned_drill_fact.plan_id,
    planned_drill_fact.form,
    planned_drill_fact.scope,
    planned_drill_fact.purpose,
    planned_drill_fact.due_from,
    planned_drill_fact.due_to,
    planned_drill_fact.place,
    planned_drill_fact.target_sessions,
    planned_drill_fact.target_participants,
    planned_drill_fact.status,
    planned_drill_fact.status_reason
from planned_drill_fact
where
    planned_drill_fact.as_of = $as_of
    and planned_drill_fact.programme_year = $year
    and planned_drill_fact.status in ('not_started', 'postponed')
order by planned_drill_fact.number, planned_drill_fact.id;
