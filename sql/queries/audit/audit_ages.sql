-- When each line of the audit trail was written, the newest first.
select position, happened_at
from audit_event
order by position desc;
