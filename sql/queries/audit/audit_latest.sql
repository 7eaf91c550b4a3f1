-- The latest line of the audit trail: changes whenever a record did; drafts and preferences leave none.
select max(id) as id
from audit_event;
