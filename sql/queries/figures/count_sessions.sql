-- Sessions and people from $first_day to $last_day in one view: `all`, and by month, event class,
-- form and membership. One row per dimension and code; what is not given has the code 'unfilled'.
-- Unknown head counts add nothing.
with session as (
    select
        cast(held_month as varchar) as held_month,
        coalesce(event_class, 'unfilled') as event_class,
        coalesce(form, 'unfilled') as form,
        membership,
        participants_counted,
        participants_unknown,
        case when participants_kind in ('approximate', 'over') then 1 else 0 end as participants_inexact,
        observers_counted,
        support_counted
    from session_fact
    where
        held_on between cast($first_day as date) and cast($last_day as date)
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
),

final as (
    select
        case
            when grouping(held_month) = 0 then 'month'
            when grouping(event_class) = 0 then 'event_class'
            when grouping(form) = 0 then 'form'
            when grouping(membership) = 0 then 'membership'
            else 'all'
        end as dimension,
        coalesce(held_month, event_class, form, membership, 'all') as code,
        count(*) as sessions,
        cast(coalesce(sum(participants_counted), 0) as bigint) as participants,
        cast(coalesce(sum(participants_unknown), 0) as bigint) as participants_unknown,
        cast(coalesce(sum(participants_inexact), 0) as bigint) as participants_inexact,
        cast(coalesce(sum(observers_counted), 0) as bigint) as observers,
        cast(coalesce(sum(support_counted), 0) as bigint) as support
    from session
    group by grouping sets ((), (held_month), (event_class), (form), (membership))
)

select * from final;
