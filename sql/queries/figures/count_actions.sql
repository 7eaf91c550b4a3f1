-- The corrective actions that are not done on a day: `all`, and by owner unit the $top units with
-- most of them late, then most of them.
with action as (
    select owner_unit_id, owner_unit, is_late
    from action_fact
    where as_of = $as_of and is_open = 1
),

counted as (
    select
        case when grouping(owner_unit_id) = 0 then 'owner' else 'all' end as dimension,
        coalesce(owner_unit_id, 'all') as code,
        owner_unit as name,
        count(*) as actions,
        cast(coalesce(sum(is_late), 0) as bigint) as late,
        cast(coalesce(sum(1 - is_late), 0) as bigint) as on_time
    from action
    group by grouping sets ((), (owner_unit_id, owner_unit))
),

final as (
    select
        *,
        row_number() over (partition by dimension order by late desc, actions desc, name, code) as position
    from counted
)

select * from final
where cast($top as integer) is null or position <= $top
order by position;
