-- How many records of each kind the register holds, and how many of them are sample rows.
with record as (
    select 'unit' as subject_type, origin from unit
    union all
    select 'plan', origin from plan
    union all
    select 'programme', origin from programme
    union all
    select 'planned_drill', origin from planned_drill
    union all
    select 'drill_session', origin from drill_session
    union all
    select 'team', origin from team
    union all
    select 'office_event', origin from office_event
    union all
    select 'session_evaluation', origin from session_evaluation
    union all
    select 'finding', origin from finding
    union all
    select 'corrective_action', origin from corrective_action
    union all
    select 'mechanism', origin from mechanism
    union all
    select 'meeting', origin from meeting
    union all
    select 'decision', origin from decision
)

select
    subject_type,
    count(*) as records,
    cast(sum(case when origin = 'sample' then 1 else 0 end) as bigint) as sample_records
from record
group by subject_type
order by subject_type;
