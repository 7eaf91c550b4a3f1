-- Everything that falls due as of a day, the most urgent first, narrowed by what is not null;
-- $states holds codes joined by commas; $unit_id also finds what the unit hosts with others.
with urgent as (
    select
        due_item.*,
        case
            when due_item.state = 'not_applicable' then 4
            when due_item.state in ('late', 'never') and due_item.days < 0 then 0
            when due_item.state = 'due_soon' then 1
            when due_item.state = 'never' and due_item.days <= due_soon.within_days then 1
            when due_item.state = 'never' then 2
            else 3
        end as urgency
    from due_item
    cross join due_soon
    where due_item.as_of = $as_of
),

final as (
    select
        source,
        subject_type,
        subject_id,
        subject,
        rule,
        state,
        due_on,
        days,
        unit_id,
        unit,
        citation,
        text,
        is_verified,
        urgency
    from urgent
    where
        (
            cast($unit_id as varchar) is null
            or unit_id = $unit_id
            or exists (
                select 1
                from planned_drill_host
                where planned_drill_host.planned_drill_id = urgent.subject_id and planned_drill_host.unit_id = $unit_id
            )
            or exists (
                select 1
                from session_host
                where session_host.session_id = urgent.subject_id and session_host.unit_id = $unit_id
            )
        )
        and (cast($rule as varchar) is null or rule = $rule)
        and (cast($source as varchar) is null or source = $source)
        and (cast($subject_type as varchar) is null or subject_type = $subject_type)
        and (cast($states as varchar) is null or position(',' || state || ',' in ',' || $states || ',') > 0)
)

select * from final
order by urgency, days nulls last, subject_type, subject, rule, subject_id;
