-- A version of a plan issued since a day, if there is one.
select id
from plan_version
where plan_id = $plan_id and coalesce(issued_on, documented_on, effective_on) >= $first
limit 1;
