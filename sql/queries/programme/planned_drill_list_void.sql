-- Voided planned drills with the reason, filtered by name.
select
    planned_drill.id,
    programme.year as programme_year,
    planned_drill.number,
    planned_drill.name,
    planned_drill.void_reason,
    planned_drill.voided_at,
    planned_drill.origin
from planned_drill
inner join programme on planned_drill.programme_id = programme.id
where
    planned_drill.voided_at is not null
    and (cast($search as varchar) is null or position(lower($search) in lower(planned_drill.name)) > 0);
