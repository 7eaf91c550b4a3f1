-- The years in which a revision of a plan was opened or ended, or a stage of it was done.
with happened as (
    select plan_revision.started_on as day from plan_revision
    union all
    select plan_revision.completed_on from plan_revision
    union all
    select revision_stage_fact.done_on from revision_stage_fact
)

select distinct cast(extract(year from happened.day) as integer) as year
from happened
where happened.day is not null
order by year desc;
