-- The planned drills of $year as of a day: one row for all (status is null) and one per status.
with final as (
    select
        status,
        grouping(status) as is_total,
        count(*) as planned_drills,
        cast(coalesce(sum(is_held), 0) as bigint) as held,
        cast(coalesce(sum(case when due_state = 'late' then 1 else 0 end), 0) as bigint) as late,
        cast(coalesce(sum(case when hosts = '' then 1 else 0 end), 0) as bigint) as without_host
    from planned_drill_fact
    where as_of = $as_of and programme_year = $year
    group by grouping sets ((), (status))
)

select * from final;
