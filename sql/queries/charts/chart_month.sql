-- Sessions and participants by month: the year up to a day, and the whole year before it.
-- Always 24 rows; code is the month as year-month, series is this_year or previous_year.
with session as (
    select
        held_year,
        held_month,
        count(*) as sessions,
        cast(sum(participants_counted) as bigint) as participants,
        cast(sum(participants_unknown) as bigint) as participants_unknown
    from session_fact
    where
        held_on between make_date(cast($year as integer) - 1, 1, 1) and cast($as_of as date)
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
    group by held_year, held_month
),

series as (
    select 'this_year' as series, cast($year as integer) as year, 0 as series_position
    union all
    select 'previous_year', cast($year as integer) - 1, 1
),

month as (
    select cast(code as integer) as month, label
    from vocabulary_label
    where kind = 'month' and language = $language
),

final as (
    select
        cast(series.year as varchar) || case when month.month < 10 then '-0' else '-' end
        || cast(month.month as varchar) as code,
        month.label,
        series.year,
        month.month,
        series.series,
        series.series_position * 12 + month.month as position,
        coalesce(session.sessions, 0) as sessions,
        coalesce(session.participants, 0) as participants,
        coalesce(session.participants_unknown, 0) as participants_unknown
    from series
    cross join month
    left join session on series.year = session.held_year and month.month = session.held_month
)

select * from final order by position;
