-- The audit trail, filtered; $subject_id narrows it to one record's history.
select
    id,
    happened_at,
    actor,
    source,
    action,
    subject_type,
    subject_id,
    subject_label,
    before_json,
    after_json
from audit_event
where
    (cast($subject_type as varchar) is null or subject_type = $subject_type)
    and (cast($subject_id as varchar) is null or subject_id = $subject_id)
    and (cast($action as varchar) is null or action = $action)
    and (
        cast($search as varchar) is null
        or position(lower($search) in lower(subject_label || ' ' || actor)) > 0
    );
