-- The first day by which a plan with a major finding has to be revised.
select min(cast(as_of + span as date)) as target_on
from rule_in_force
inner join rule_version using (id)
where as_of = $today and rule_in_force.measure = 'revised_after_major_finding';
