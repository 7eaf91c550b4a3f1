-- The findings of one kind about a plan.
select id
from finding
where plan_id = $id and kind = $kind and voided_at is null
order by id;
