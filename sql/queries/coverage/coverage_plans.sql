-- Plans in force as of a day of which no drill was held since a day, those never drilled first.
select id, title, category, event_class, hazard, lead_unit_id, lead_unit, last_held_on, sessions_held
from plan_coverage
where as_of = $as_of and (last_held_on is null or last_held_on < $since)
order by case when last_held_on is null then 0 else 1 end, last_held_on, title, id;
