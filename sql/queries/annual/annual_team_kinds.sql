-- Rescue teams as of a day by kind, with members; `founded` are those founded from $first_day on.
with final as (
    select
        kind as code,
        count(*) as teams,
        cast(coalesce(sum(members), 0) as bigint) as members,
        cast(sum(case when members is null then 1 else 0 end) as bigint) as members_unknown,
        cast(sum(case when founded_on >= $first_day then 1 else 0 end) as bigint) as founded
    from team_fact
    where as_of = $as_of
    group by kind
)

select * from final
order by code;
