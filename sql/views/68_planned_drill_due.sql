-- Planned drills that are to be held, by each day, in the shape of everything that falls due.
-- Ask with as_of = $as_of.
create or replace view planned_drill_due as
with host as (
    select
        planned_drill_id,
        unit_id,
        unit_name,
        row_number() over (partition by planned_drill_id order by position, unit_name, unit_id) as place
    from planned_drill_host
),

final as (
    select
        planned_drill_fact.as_of,
        'planned_drill' as source,
        'planned_drill' as subject_type,
        planned_drill_fact.id as subject_id,
        planned_drill_fact.name as subject,
        '' as rule,
        planned_drill_fact.due_state as state,
        planned_drill_fact.due_on,
        cast(planned_drill_fact.due_on - planned_drill_fact.as_of as integer) as days,
        host.unit_id,
        coalesce(host.unit_name, '') as unit,
        '' as citation,
        '' as text,
        true as is_verified
    from planned_drill_fact
    left join host on planned_drill_fact.id = host.planned_drill_id and host.place = 1
)

select * from final;
