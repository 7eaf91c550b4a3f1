-- What is told of the lines of the trail up to a position: lines, first_position, first_at, last_at.
select
    count(*) as lines,
    min(position) as first_position,
    min(happened_at) as first_at,
    max(happened_at) as last_at
from audit_event
where position <= $position;
