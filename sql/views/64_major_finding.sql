-- Major findings about a plan, one row per day, plan and finding: found_on, and whether a revision
-- of the plan was begun since. No finding is recorded here, so there is none.
create or replace view major_finding as
select
    calendar.day as as_of,
    cast(null as varchar) as plan_id,
    cast(null as date) as found_on,
    false as is_done
from calendar
where false;
