-- The position of a record's newest line in the trail, empty where it has none.
select max(position) as position
from audit_event
where subject_type = $subject_type and subject_id = $subject_id;
