-- The last line of the front of the trail that may go: all before it are old by their own time too.
-- A line dated after the newest one was written by a clock that ran ahead: its date says nothing.
select id, position, chain_hash
from audit_event
where
    position <= $position
    and happened_at < $before
    and position < (
        select min(position)
        from audit_event
        where
            happened_at >= $before
            and happened_at <= (select happened_at from audit_event order by position desc limit 1)
    )
order by position desc
limit 1;
