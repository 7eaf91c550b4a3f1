-- How many things are in each state as of a day, for one unit or for all.
select state, count(*) as items
from due_item
where as_of = $as_of and (cast($unit_id as varchar) is null or unit_id = $unit_id)
group by state
order by state;
