-- The rescue teams that exist on a day: `all`, and by kind, with members, teams that were never
-- counted, and those founded from $first_day to $last_day.
with final as (
    select
        case when grouping(kind) = 0 then 'team_kind' else 'all' end as dimension,
        coalesce(kind, 'all') as code,
        count(*) as teams,
        cast(coalesce(sum(members), 0) as bigint) as members,
        cast(coalesce(sum(case when members is null then 1 else 0 end), 0) as bigint) as members_unknown,
        cast(
            coalesce(
                sum(case when founded_on between cast($first_day as date) and cast($last_day as date) then 1 else 0 end),
                0
            ) as bigint
        ) as founded
    from team_fact
    where as_of = $as_of
    group by grouping sets ((), (kind))
)

select * from final;
