-- The years that have a programme or drill sessions, the latest first, with their sessions.
with recorded as (
    select year, 0 as sessions
    from programme
    where voided_at is null
    union all
    select held_year as year, count(*) as sessions
    from session_fact
    group by held_year
),

final as (
    select year, cast(sum(sessions) as bigint) as sessions
    from recorded
    group by year
)

select * from final order by year desc;
