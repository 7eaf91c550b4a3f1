-- What the programme of a year holds already: name_key, plan_id, hazard.
select
    planned_drill.name_key,
    planned_drill.plan_id,
    coalesce(planned_drill.hazard, plan.hazard) as hazard
from planned_drill
inner join programme on planned_drill.programme_id = programme.id
left join plan on planned_drill.plan_id = plan.id
where
    programme.year = $year
    and planned_drill.voided_at is null
    and programme.voided_at is null
    and planned_drill.cancelled_on is null
order by planned_drill.number;
