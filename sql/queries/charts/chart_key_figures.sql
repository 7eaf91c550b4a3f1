-- The figures at the head of the dashboard: one row, a year as of a day, and the sessions and
-- participants of the same days of the year before. Filters reach what they can be asked of.
with item as (
    select
        count(*) as planned_drills,
        cast(coalesce(sum(is_held), 0) as bigint) as planned_drills_held,
        cast(coalesce(sum(case when due_state = 'late' then 1 else 0 end), 0) as bigint) as planned_drills_late,
        cast(coalesce(sum(case when due_state = 'due_soon' then 1 else 0 end), 0) as bigint) as planned_drills_due_soon
    from planned_drill_fact
    where
        as_of = $as_of
        and programme_year = $year
        and (cast($event_class as varchar) is null or event_class = $event_class)
        and (
            cast($host as varchar) is null
            or exists (
                select 1
                from planned_drill_host
                where
                    planned_drill_host.planned_drill_id = planned_drill_fact.id
                    and planned_drill_host.unit_id = $host
            )
        )
),

session as (
    select
        case when held_year = $year then 1 else 0 end as is_this_year,
        participants_counted,
        participants_unknown
    from session_fact
    where
        (
            held_on between make_date(cast($year as integer), 1, 1) and cast($as_of as date)
            or held_on between make_date(cast($year as integer) - 1, 1, 1)
            and cast(cast($as_of as date) - interval '1 year' as date)
        )
        and (cast($event_class as varchar) is null or event_class = $event_class)
        and (cast($membership as varchar) is null or membership = $membership)
        and (
            cast($host as varchar) is null
            or exists (
                select 1
                from session_host
                where session_host.session_id = session_fact.id and session_host.unit_id = $host
            )
        )
),

counted as (
    select
        cast(coalesce(sum(is_this_year), 0) as bigint) as sessions,
        cast(coalesce(sum(1 - is_this_year), 0) as bigint) as sessions_previous,
        cast(coalesce(sum(is_this_year * participants_counted), 0) as bigint) as participants,
        cast(coalesce(sum((1 - is_this_year) * participants_counted), 0) as bigint) as participants_previous,
        cast(coalesce(sum(is_this_year * participants_unknown), 0) as bigint) as participants_unknown
    from session
),

plans as (
    select
        count(*) as plans,
        cast(coalesce(sum(case when status = 'under_revision' then 1 else 0 end), 0) as bigint) as plans_under_revision,
        cast(coalesce(sum(is_revision_late), 0) as bigint) as revisions_late
    from plan_fact
    where
        as_of = $as_of
        and (cast($event_class as varchar) is null or event_class = $event_class)
),

teams as (
    select
        count(*) as teams,
        cast(coalesce(sum(members), 0) as bigint) as members
    from team_fact
    where as_of = $as_of
),

final as (
    select *
    from item
    cross join counted
    cross join plans
    cross join teams
)

select * from final;
