-- The audit trail, filtered; $subject_id narrows it to one record. $search is compared with record,
-- person, and what the line says before and after; $first_at and $end_at are instants, the end
-- not included.
select
    id,
    position,
    happened_at,
    actor,
    source,
    address,
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
    and (cast($actor as varchar) is null or actor = $actor)
    and (cast($source as varchar) is null or source = $source)
    and (cast($first_at as timestamp) is null or happened_at >= $first_at)
    and (cast($end_at as timestamp) is null or happened_at < $end_at)
    and (
        cast($search as varchar) is null
        or position(
            lower($search) in lower(
                subject_label || ' ' || actor || ' ' || coalesce(before_json, '') || ' ' || coalesce(after_json, '')
            )
        ) > 0
    );
