-- When the newest line of the trail was written, or no row.
select happened_at
from audit_event
order by position desc
limit 1;
