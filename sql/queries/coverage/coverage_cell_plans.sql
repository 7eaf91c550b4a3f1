-- The plans behind one row of the coverage matrix, as of a day; '' is a hazard or class not named.
select
    plan_coverage.id,
    plan_coverage.title,
    plan_coverage.category,
    plan_coverage.status,
    plan_coverage.lead_unit,
    plan_coverage.last_held_on
from plan_coverage
left join coverage_hazard on plan_coverage.hazard = coverage_hazard.hazard
where
    plan_coverage.as_of = $as_of
    and coalesce(coverage_hazard.event_class, plan_coverage.event_class, '') = $event_class
    and coalesce(coverage_hazard.hazard, '') = $hazard;
