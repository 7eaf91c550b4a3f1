-- A year's sessions by host unit, up to a day: the $top busiest, the rest as one row, and those
-- without a host. A session with several hosts counts once for each of them.
with session as (
    select id, participants_counted
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
),

hosted as (
    select
        session.id,
        session.participants_counted,
        session_host.unit_id,
        session_host.unit_name
    from session
    left join session_host on session.id = session_host.session_id
),

unit_counted as (
    select
        unit_id,
        unit_name,
        count(*) as sessions,
        row_number() over (order by count(*) desc, unit_name, unit_id) as place
    from hosted
    where unit_id is not null
    group by unit_id, unit_name
),

grouped as (
    select distinct
        hosted.id,
        hosted.participants_counted,
        case
            when hosted.unit_id is null then 'unfilled'
            when unit_counted.place <= $top then hosted.unit_id
            else 'rest'
        end as code,
        case when unit_counted.place <= $top then unit_counted.unit_name end as unit_name,
        case
            when hosted.unit_id is null then 1000000
            when unit_counted.place <= $top then unit_counted.place
            else 999999
        end as position
    from hosted
    left join unit_counted on hosted.unit_id = unit_counted.unit_id
),

final as (
    select
        grouped.code,
        coalesce(grouped.unit_name, vocabulary_label.label) as label,
        grouped.position,
        count(*) as sessions,
        cast(sum(grouped.participants_counted) as bigint) as participants
    from grouped
    left join vocabulary_label
        on
            grouped.code = vocabulary_label.code
            and vocabulary_label.kind = 'grouping'
            and vocabulary_label.language = $language
    group by grouped.code, coalesce(grouped.unit_name, vocabulary_label.label), grouped.position
)

select * from final order by position;
