-- The office's corrections of working days, the latest first.
select id, day, is_working, reason
from working_day_correction
where voided_at is null
order by day desc;
