-- The contingency plans that exist on a day, in one view: `all`, by status, by category, and the
-- categories of those under revision. A repealed plan is none that exists.
with plans as (
    select
        status,
        category,
        case when status = 'under_revision' then category end as revised,
        is_revision_late
    from plan_fact
    where
        as_of = $as_of
        and status <> 'repealed'
        and (cast($event_class as varchar) is null or event_class = $event_class)
),

final as (
    select
        case
            when grouping(status) = 0 then 'plan_status'
            when grouping(category) = 0 then 'plan_category'
            when grouping(revised) = 0 then 'revised_category'
            else 'all'
        end as dimension,
        coalesce(status, category, revised, 'all') as code,
        count(*) as plans,
        cast(coalesce(sum(is_revision_late), 0) as bigint) as revisions_late
    from plans
    group by grouping sets ((), (status), (category), (revised))
    having grouping(revised) = 1 or revised is not null
)

select * from final;
