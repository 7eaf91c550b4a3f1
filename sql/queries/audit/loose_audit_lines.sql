-- The audit lines written before there was a chain, oldest first.
select *
from audit_event
where position = 0
order by happened_at, id;
