-- All lines of the audit trail about one record, the oldest first.
select
    id,
    position,
    happened_at,
    actor,
    source,
    action,
    subject_type,
    subject_id,
    subject_label,
    before_json,
    after_json,
    redacted_at
from audit_event
where subject_type = $subject_type and subject_id = $subject_id
order by position;
