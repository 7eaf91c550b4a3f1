-- What a record's lines in the trail say, the oldest first: id, position, before_json, after_json.
select id, position, before_json, after_json
from audit_event
where subject_type = $subject_type and subject_id = $subject_id
order by position;
