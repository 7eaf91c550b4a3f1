-- Decisions as of a day: those of a meeting, of a mechanism, or all; $only_open leaves done ones out.
-- What is due first comes first.
select
    decision.id,
    decision.text,
    decision.done_on,
    decision_due.unit as owner_unit,
    decision_due.due_on,
    decision_due.days,
    decision_due.state,
    decision_due.text as meeting
from decision_due
inner join decision on decision_due.subject_id = decision.id
inner join meeting on decision.meeting_id = meeting.id
where
    decision_due.as_of = $as_of
    and (cast($meeting_id as varchar) is null or meeting.id = $meeting_id)
    and (cast($mechanism_id as varchar) is null or meeting.mechanism_id = $mechanism_id)
    and (not $only_open or decision.done_on is null or decision.done_on > $as_of)
order by
    case when decision.done_on <= $as_of then 1 else 0 end,
    decision_due.due_on nulls last,
    meeting.held_on,
    decision.position,
    decision.id;
