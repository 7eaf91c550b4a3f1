-- The findings and actions of one $year's drills (null: of all) as they stand on a day: one row.
-- $bound_unit_id leaves only the drills that unit takes part in.
with finding_row as (
    select *
    from finding_fact
    where
        as_of = $as_of
        and (cast($year as integer) is null or held_year = $year)
        and (
            cast($bound_unit_id as varchar) is null
            or exists (
                select 1
                from session_unit
                where
                    session_unit.session_id = finding_fact.session_id
                    and session_unit.unit_id = $bound_unit_id
            )
        )
),

final as (
    select
        'all' as dimension,
        'all' as code,
        count(*) as findings,
        cast(coalesce(sum(case when standing = 'closed' then 1 else 0 end), 0) as bigint) as closed,
        cast(coalesce(sum(case when standing = 'late' then 1 else 0 end), 0) as bigint) as late,
        cast(coalesce(sum(case when standing <> 'closed' then 1 else 0 end), 0) as bigint) as open,
        cast(
            coalesce(sum(case when severity = 'major' and standing <> 'closed' then 1 else 0 end), 0) as bigint
        ) as open_major,
        cast(coalesce(sum(actions), 0) as bigint) as actions,
        cast(coalesce(sum(open_actions), 0) as bigint) as open_actions,
        cast(coalesce(sum(late_actions), 0) as bigint) as late_actions,
        cast(coalesce(sum(is_revision_late), 0) as bigint) as revisions_late
    from finding_row
)

select * from final;
