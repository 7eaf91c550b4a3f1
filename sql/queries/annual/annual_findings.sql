-- The findings of a year's drills as of a day, narrowed by $standing when it is not null.
select
    id,
    held_on,
    held_on_precision,
    session_name,
    hosts,
    position,
    text,
    kind,
    severity,
    plan_title,
    status,
    standing,
    actions,
    open_actions,
    late_actions,
    next_due_on,
    age_days,
    closed_on,
    origin
from finding_fact
where
    as_of = $as_of
    and held_on between $first_day and $last_day
    and (cast($standing as varchar) is null or standing = $standing)
order by held_on, session_name, session_id, position, id;
