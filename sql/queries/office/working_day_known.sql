-- The last day whose holidays were announced.
select max(day) as last_day
from official_day
where is_announced;
