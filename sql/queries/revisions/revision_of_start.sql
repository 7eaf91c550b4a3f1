-- The revision of a plan that was started on a day.
select id
from plan_revision
where plan_id = $plan_id and started_on = $started_on;
