-- The audit trail from its first line on: what the chain covers, and the chain.
select
    position,
    id,
    happened_at,
    actor,
    account_id,
    source,
    address,
    action,
    subject_type,
    subject_id,
    subject_label,
    content_hash,
    before_json,
    after_json,
    chain_hash,
    redacted_at
from audit_event
order by position, id;
