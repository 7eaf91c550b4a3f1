-- Sessions and people from $first_day to $last_day, as a whole and by month, event class, form and
-- membership: one row per group, `dimension` says which. Unknown head counts add nothing.
with year_session as (
    select * from session_fact where held_on between $first_day and $last_day
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
        held_month,
        event_class,
        form,
        membership,
        count(*) as sessions,
        cast(coalesce(sum(participants_counted), 0) as bigint) as participants,
        cast(coalesce(sum(participants_unknown), 0) as bigint) as participants_unknown,
        cast(
            coalesce(sum(case when participants_kind in ('approximate', 'over') then 1 else 0 end), 0) as bigint
        ) as participants_inexact,
        cast(coalesce(sum(observers_counted), 0) as bigint) as observers,
        cast(coalesce(sum(support_counted), 0) as bigint) as support
    from year_session
    group by grouping sets ((), (held_month), (event_class), (form), (membership))
)

select * from final;
