-- Sessions and participants from $first_day to $last_day in one view by host unit, the busiest
-- first: the $top busiest (null: every one), the others as 'rest', and 'unfilled' without a host.
-- A session with several hosts counts once for each of them.
with session as (
    select id, participants_counted, participants_unknown
    from session_fact
    where
        held_on between cast($first_day as date) and cast($last_day as date)
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
        session.*,
        session_host.unit_id,
        session_host.unit_name
    from session
    left join session_host on session.id = session_host.session_id
),

unit_counted as (
    select
        unit_id,
        row_number() over (order by count(*) desc, sum(participants_counted) desc, unit_name, unit_id) as place
    from hosted
    where unit_id is not null
    group by unit_id, unit_name
),

-- Distinct: a session of two units of the rest is one session of the rest.
grouped as (
    select distinct
        hosted.id,
        hosted.participants_counted,
        hosted.participants_unknown,
        case
            when hosted.unit_id is null then 'unfilled'
            when cast($top as integer) is null or unit_counted.place <= $top then hosted.unit_id
            else 'rest'
        end as code,
        case when cast($top as integer) is null or unit_counted.place <= $top then hosted.unit_name end as name,
        case
            when hosted.unit_id is null then 1000000
            when cast($top as integer) is null or unit_counted.place <= $top then unit_counted.place
            else 999999
        end as position
    from hosted
    left join unit_counted on hosted.unit_id = unit_counted.unit_id
),

final as (
    select
        'host' as dimension,
        code,
        name,
        position,
        count(*) as sessions,
        cast(sum(participants_counted) as bigint) as participants,
        cast(sum(participants_unknown) as bigint) as participants_unknown
    from grouped
    group by code, name, position
)

select * from final order by position;
