-- Fill the calendar with the days the official ones are known or counted for.
insert into calendar (day)
select day
from official_day;
