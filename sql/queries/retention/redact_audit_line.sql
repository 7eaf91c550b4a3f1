-- Replace what a line of the trail says; its hashes stay, so that the chain holds.
update audit_event
set before_json = $before_json, after_json = $after_json, redacted_at = $redacted_at
where id = $id;
