-- What falls due in the open revisions as of a day: the next stage and the target date, each with
-- its day. text holds the code of the stage; for the target date it is empty. Ask with as_of = $as_of.
create or replace view revision_due as
with due as (
    select as_of, id, title, owner_unit_id, owner_unit, stage, stage_planned_on as due_on
    from revision_fact
    where status = 'open' and stage_planned_on is not null
    union all
    select as_of, id, title, owner_unit_id, owner_unit, cast(null as varchar), target_on
    from revision_fact
    where status = 'open' and target_on is not null
),

final as (
    select
        due.as_of,
        'revision' as source,
        'plan_revision' as subject_type,
        due.id as subject_id,
        due.title as subject,
        '' as rule,
        case
            when due.due_on < due.as_of then 'late'
            when due.due_on - due.as_of <= due_soon.within_days then 'due_soon'
            else 'normal'
        end as state,
        due.due_on,
        cast(due.due_on - due.as_of as integer) as days,
        due.owner_unit_id as unit_id,
        due.owner_unit as unit,
        '' as citation,
        coalesce(due.stage, '') as text,
        true as is_verified
    from due
    cross join due_soon
)

select * from final;
