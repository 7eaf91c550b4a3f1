-- The rules in force on a day, for a selection: code, measure.
select distinct code, measure
from rule_in_force
where as_of = $as_of
order by code;
