-- What each rule ever recorded measures: code, measure.
select distinct code, measure
from rule
where voided_at is null
order by code;
