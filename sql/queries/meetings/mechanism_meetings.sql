-- The meetings of a mechanism, the latest first, with how many of their decisions are done.
select
    meeting.id,
    meeting.held_on,
    meeting.title,
    meeting.place,
    count(decision.id) as decisions,
    cast(coalesce(sum(case when decision.done_on <= $as_of then 1 else 0 end), 0) as bigint) as decisions_done
from meeting
left join decision on meeting.id = decision.meeting_id and decision.voided_at is null
where meeting.mechanism_id = $mechanism_id and meeting.voided_at is null
group by meeting.id, meeting.held_on, meeting.title, meeting.place
order by meeting.held_on desc, meeting.id desc;
