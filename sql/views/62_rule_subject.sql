-- Plans, units and teams as rules ask of them: the groups of rule.applies_to they belong to, and
-- when they began.
create or replace view plan_asked as
with begun as (
    select plan_id, min(counted_from) as began_on
    from plan_version_dated
    group by plan_id
),

final as (
    select
        plan.id,
        plan.title,
        plan.category as kind,
        plan.event_class,
        plan.lead_unit_id,
        plan.lifecycle,
        plan.repealed_on,
        plan.category in ('overall', 'special', 'departmental', 'township') as is_of_government,
        case
            when
                plan.category in ('overall', 'special', 'departmental', 'township')
                and plan.hazard = 'production_safety'
                then 'production_safety_of_government'
        end as trait,
        begun.began_on
    from plan
    left join begun on plan.id = begun.plan_id
    where plan.voided_at is null
)

select * from final;

create or replace view unit_asked as
select
    id,
    name,
    kind,
    case when is_high_risk or is_crowded then 'high_risk_or_crowded' end as trait,
    case when is_public_safety then 'public_safety_unit' end as other_trait
from unit
where voided_at is null;
