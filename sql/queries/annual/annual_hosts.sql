-- Sessions and participants from $first_day to $last_day by host unit, the busiest first.
-- A session with two hosts counts for each of them; sessions without a host are the last row.
with year_session as (
    select * from session_fact where held_on between $first_day and $last_day
),

final as (
    select
        session_host.unit_id as code,
        session_host.unit_name as name,
        count(*) as sessions,
        cast(sum(year_session.participants_counted) as bigint) as participants,
        cast(sum(year_session.participants_unknown) as bigint) as participants_unknown
    from year_session
    left join session_host on year_session.id = session_host.session_id
    group by session_host.unit_id, session_host.unit_name
)

select * from final
order by case when code is null then 1 else 0 end, sessions desc, participants desc, name;
