-- The event classes that have a plan of the government in force as of a day.
select distinct event_class
from plan_coverage
where
    as_of = $as_of
    and event_class is not null
    and category in ('overall', 'special', 'departmental', 'township')
order by event_class;
