-- The correction of a day.
select id
from working_day_correction
where day = $day and voided_at is null;
