-- One row per decision of a meeting and day from the meeting on: what is due, in the shape of
-- everything that falls due. A decision that is done, or has no date, asks for nothing.
-- Ask with as_of = $as_of.
create or replace view decision_due as
with item as (
    select
        calendar.day as as_of,
        decision.id,
        decision.text as subject,
        decision.owner_unit_id,
        decision.due_on,
        case when decision.done_on <= calendar.day then 1 else 0 end as is_done,
        mechanism.title as mechanism_title,
        meeting.title as meeting_title
    from calendar
    cross join decision
    inner join meeting on decision.meeting_id = meeting.id
    inner join mechanism on meeting.mechanism_id = mechanism.id
    where
        decision.voided_at is null
        and meeting.voided_at is null
        and mechanism.voided_at is null
        and meeting.held_on <= calendar.day
),

final as (
    select
        item.as_of,
        'decision' as source,
        'decision' as subject_type,
        item.id as subject_id,
        item.subject,
        '' as rule,
        case
            when item.is_done = 1 or item.due_on is null then 'not_applicable'
            when item.due_on < item.as_of then 'late'
            when item.due_on - item.as_of <= due_soon.within_days then 'due_soon'
            else 'normal'
        end as state,
        item.due_on,
        cast(item.due_on - item.as_of as integer) as days,
        item.owner_unit_id as unit_id,
        coalesce(unit.name, '') as unit,
        '' as citation,
        item.mechanism_title || ' · ' || item.meeting_title as text,
        true as is_verified
    from item
    cross join due_soon
    left join unit on item.owner_unit_id = unit.id
)

select * from final;
