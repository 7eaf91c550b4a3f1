-- The revision of a plan that is under way, if there is one.
select id
from plan_revision
where plan_id = $id and completed_on is null
limit 1;
