-- The corrective actions of a year's findings as of a day, the earliest due first.
select
    finding_id,
    text,
    owner_unit,
    due_on,
    done_on,
    verified_by,
    verified_on,
    state
from action_fact
where as_of = $as_of and held_on between $first_day and $last_day
order by due_on, id;
