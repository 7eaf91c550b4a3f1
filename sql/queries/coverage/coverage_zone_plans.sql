-- The office's own plans in force as of a day for production safety accidents.
select id, title, category, lead_unit
from plan_coverage
where
    as_of = $as_of
    and hazard = 'production_safety'
    and category in ('overall', 'special', 'departmental', 'township')
order by title, id;
