-- The planned drills of a programme.
select id
from planned_drill
where programme_id = $id and voided_at is null;
