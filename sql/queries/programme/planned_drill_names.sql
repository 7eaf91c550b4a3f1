-- The planned drills of a programme by name and number.
select name_key, number
from planned_drill
where programme_id = $id and voided_at is null;
