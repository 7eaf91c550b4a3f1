-- One line of the audit trail.
select id, happened_at, actor, source, action, subject_type, subject_id, subject_label, before_json, after_json
from audit_event
where id = $id;
