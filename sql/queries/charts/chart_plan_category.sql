-- Contingency plans by category as of a day.
with plans as (
    select category as code, count(*) as plans
    from plan_fact
    where
        as_of = $as_of
        and (cast($event_class as varchar) is null or event_class = $event_class)
    group by category
),

final as (
    select
        vocabulary_label.code,
        vocabulary_label.label,
        vocabulary_label.position,
        coalesce(plans.plans, 0) as plans
    from vocabulary_label
    left join plans on vocabulary_label.code = plans.code
    where vocabulary_label.kind = 'plan_category' and vocabulary_label.language = $language
)

select * from final order by position;
