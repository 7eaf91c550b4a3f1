-- The planned drills of $year as of a day in one view: `all`, and by status.
with final as (
    select
        case when grouping(status) = 0 then 'planned_status' else 'all' end as dimension,
        coalesce(status, 'all') as code,
        count(*) as planned_drills,
        cast(coalesce(sum(is_held), 0) as bigint) as held,
        cast(coalesce(sum(case when due_state = 'late' then 1 else 0 end), 0) as bigint) as late,
        cast(coalesce(sum(case when due_state = 'late' then 0 else 1 end), 0) as bigint) as on_time,
        cast(coalesce(sum(case when due_state = 'due_soon' then 1 else 0 end), 0) as bigint) as due_soon,
        cast(coalesce(sum(case when hosts = '' then 1 else 0 end), 0) as bigint) as without_host
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
    group by grouping sets ((), (status))
)

select * from final;
