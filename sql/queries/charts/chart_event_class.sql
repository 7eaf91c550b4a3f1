-- A year's sessions and participants by event class, up to a day; empty ones as unfilled.
with session as (
    select
        coalesce(event_class, 'unfilled') as code,
        count(*) as sessions,
        cast(sum(participants_counted) as bigint) as participants
    from session_fact
    where
        held_on between make_date(cast($year as integer), 1, 1) and cast($as_of as date)
        and (cast($event_class as varchar) is null or event_class = $event_class)
        and (cast($membership as varchar) is null or membership = $membership)
        and (
            cast($host as varchar) is null
            or exists (
                select 1
                from session_host
                where session_host.session_id = session_fact.id and session_host.unit_id = $host
            )
        )
    group by coalesce(event_class, 'unfilled')
),

final as (
    select
        vocabulary_label.code,
        vocabulary_label.label,
        case when vocabulary_label.code = 'unfilled' then 999 else vocabulary_label.position end as position,
        coalesce(session.sessions, 0) as sessions,
        coalesce(session.participants, 0) as participants
    from vocabulary_label
    left join session on vocabulary_label.code = session.code
    where
        vocabulary_label.language = $language
        and (
            vocabulary_label.kind = 'event_class'
            or (vocabulary_label.kind = 'grouping' and vocabulary_label.code = 'unfilled' and session.code is not null)
        )
)

select * from final order by position;
