-- The open revisions as of a day, planned against done: one row per stage and series (planned,
-- done), and one per revision that is late (late). Labels in $language; days as ISO text too.
with revision as (
    select
        *,
        row_number() over (order by is_late desc, days_late desc, target_on nulls last, title, id) as place
    from revision_fact
    where as_of = $as_of and status = 'open'
),

stage as (
    select
        revision.id,
        revision.title,
        revision.place,
        revision.started_on,
        stage.stage,
        stage.position,
        stage.planned_on,
        case when stage.done_on <= revision.as_of then stage.done_on end as done_on
    from revision
    inner join revision_stage_fact as stage on revision.id = stage.revision_id
),

reached as (
    select
        stage.*,
        coalesce(
            max(planned_on) over (
                partition by id order by position rows between unbounded preceding and 1 preceding
            ),
            started_on
        ) as planned_from,
        coalesce(
            max(done_on) over (
                partition by id order by position rows between unbounded preceding and 1 preceding
            ),
            started_on
        ) as done_from
    from stage
),

bar as (
    select
        id,
        title,
        place,
        stage,
        position,
        'planned' as series,
        planned_from as from_on,
        planned_on as to_on,
        planned_on,
        done_on
    from reached
    where planned_on is not null
    union all
    select id, title, place, stage, position, 'done', least(done_from, done_on), done_on, planned_on, done_on
    from reached
    where done_on is not null
    union all
    select
        id,
        title,
        place,
        stage,
        stage_position,
        'late',
        as_of - days_late,
        as_of,
        stage_planned_on,
        cast(null as date)
    from revision
    where days_late > 0
),

final as (
    select
        bar.id,
        bar.title,
        bar.place,
        bar.position,
        bar.series,
        coalesce(bar.from_on, bar.to_on) as from_on,
        bar.to_on,
        cast($as_of as date) as as_of,
        coalesce(vocabulary_label.label, '') as stage_label,
        coalesce(cast(bar.planned_on as varchar), '') as planned,
        coalesce(cast(bar.done_on as varchar), '') as done
    from bar
    left join vocabulary_label
        on
            vocabulary_label.kind = 'revision_stage'
            and bar.stage = vocabulary_label.code
            and vocabulary_label.language = $language
)

select * from final order by place, series desc, position;
