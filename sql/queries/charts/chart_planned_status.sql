-- A year's planned drills by status as of a day; the late ones of a status are a row of their own.
-- code is the status, or status.late; value counts the row, total the whole status.
with item as (
    select
        status,
        case when due_state = 'late' then 'late' else 'on_time' end as lateness
    from planned_drill_fact
    where
        as_of = $as_of
        and programme_year = $year
        and (cast($event_class as varchar) is null or event_class = $event_class)
        and (
            cast($host as varchar) is null
            or exists (
                select 1
                from planned_drill_host
                where
                    planned_drill_host.planned_drill_id = planned_drill_fact.id
                    and planned_drill_host.unit_id = $host
            )
        )
),

counted as (
    select status, lateness, count(*) as value
    from item
    group by status, lateness
),

total as (
    select status, count(*) as total
    from item
    group by status
),

lateness as (
    select 'on_time' as code, '' as suffix, '' as label, 0 as position
    union all
    select 'late', '.late', label, 1
    from vocabulary_label
    where kind = 'due_state' and code = 'late' and language = $language
),

final as (
    select
        status.code || lateness.suffix as code,
        case
            when lateness.code = 'late' then status.label || ' · ' || lateness.label
            else status.label
        end as label,
        status.code as status,
        status.label as status_label,
        status.position * 2 + lateness.position as position,
        lateness.code as lateness,
        coalesce(counted.value, 0) as value,
        case
            when lateness.code = 'late' then counted.value
            else coalesce(total.total, 0)
        end as total
    from vocabulary_label as status
    cross join lateness
    left join counted on status.code = counted.status and lateness.code = counted.lateness
    left join total on status.code = total.status
    where
        status.kind = 'planned_status'
        and status.language = $language
        and (lateness.code = 'on_time' or counted.value is not null)
)

select * from final order by position;
