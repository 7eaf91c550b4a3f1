-- The place of a further decision of a meeting.
select coalesce(max(position), -1) + 1 as position
from decision
where meeting_id = $meeting_id;
