-- The lines that say what was taken out of the audit trail.
select action, after_json
from audit_event
where action in ('expire', 'redact')
order by position;
