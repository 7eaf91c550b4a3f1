-- Coordination mechanisms with their conveners, meetings held and decisions open as of a day.
with convener as (
    select
        mechanism_member.mechanism_id,
        count(*) as members,
        string_agg(
            case when mechanism_member.role = 'convener' then unit.name end,
            '、' order by mechanism_member.position, unit.name
        ) as conveners
    from mechanism_member
    inner join unit on mechanism_member.unit_id = unit.id
    group by mechanism_member.mechanism_id
),

held as (
    select
        mechanism_id,
        count(*) as meetings,
        max(held_on) as last_held_on
    from meeting
    where voided_at is null and held_on <= $as_of
    group by mechanism_id
),

open_decision as (
    select
        meeting.mechanism_id,
        count(*) as decisions_open,
        cast(sum(case when decision.due_on < $as_of then 1 else 0 end) as bigint) as decisions_late
    from decision
    inner join meeting on decision.meeting_id = meeting.id
    where
        decision.voided_at is null
        and meeting.voided_at is null
        and meeting.held_on <= $as_of
        and (decision.done_on is null or decision.done_on > $as_of)
    group by meeting.mechanism_id
),

final as (
    select
        mechanism.id,
        mechanism.title,
        mechanism.kind,
        mechanism.document_number,
        mechanism.issued_on,
        coalesce(convener.conveners, '') as conveners,
        coalesce(convener.members, 0) as members,
        coalesce(held.meetings, 0) as meetings,
        held.last_held_on,
        coalesce(open_decision.decisions_open, 0) as decisions_open,
        coalesce(open_decision.decisions_late, 0) as decisions_late,
        mechanism.origin,
        mechanism.updated_at
    from mechanism
    left join convener on mechanism.id = convener.mechanism_id
    left join held on mechanism.id = held.mechanism_id
    left join open_decision on mechanism.id = open_decision.mechanism_id
    where
        mechanism.voided_at is null
        and (cast($kind as varchar) is null or mechanism.kind = $kind)
        and (
            cast($search as varchar) is null
            or position(
                lower($search) in lower(
                    mechanism.title || ' ' || mechanism.document_number || ' ' || coalesce(convener.conveners, '')
                )
            ) > 0
        )
)

select * from final;
