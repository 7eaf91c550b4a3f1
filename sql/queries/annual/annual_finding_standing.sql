-- The findings of a year's drills as of a day: how many there are, closed, and late.
with final as (
    select
        count(*) as findings,
        cast(coalesce(sum(case when standing = 'closed' then 1 else 0 end), 0) as bigint) as findings_closed,
        cast(coalesce(sum(case when standing = 'late' then 1 else 0 end), 0) as bigint) as findings_late
    from finding_fact
    where as_of = $as_of and held_on between $first_day and $last_day
)

select * from final;
