-- One line of the audit trail.
select
    id,
    position,
    happened_at,
    actor,
    account_id,
    source,
    address,
    action,
    subject_type,
    subject_id,
    subject_label,
    before_json,
    after_json,
    chain_hash,
    redacted_at
from audit_event
where id = $id;
