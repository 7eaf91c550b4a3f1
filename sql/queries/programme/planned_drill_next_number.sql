-- The first number after a programme's last item: number.
select coalesce(max(number), 0) + 1 as number
from planned_drill
where programme_id = $programme_id and voided_at is null;
