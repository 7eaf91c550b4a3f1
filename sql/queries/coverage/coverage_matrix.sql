-- The cells of the coverage matrix as of a day, class by class: hazard, year and what is there.
select
    coverage_fact.event_class,
    coverage_fact.hazard,
    coverage_fact.year,
    coverage_fact.plans,
    coverage_fact.plan_id,
    coverage_fact.sessions,
    coverage_fact.participants,
    coverage_fact.participants_unknown,
    coverage_fact.planned_drills
from coverage_fact
left join vocabulary as class on class.kind = 'event_class' and coverage_fact.event_class = class.code
where coverage_fact.as_of = $as_of and coverage_fact.year between $first_year and $last_year
order by class.position nulls last, coverage_fact.position, coverage_fact.hazard, coverage_fact.year;
