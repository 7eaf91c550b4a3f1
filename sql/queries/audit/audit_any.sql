-- One line of the audit trail, if there is any.
select id
from audit_event
limit 1;
