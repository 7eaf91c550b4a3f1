-- The plans in force as of a day, with the form of the last drill of each.
with dated as (
    select
        session_fact.plan_id,
        session_fact.form,
        row_number() over (
            partition by session_fact.plan_id order by session_fact.held_on desc, session_fact.id desc
        ) as place
    from session_fact
    where session_fact.held_on <= $as_of and session_fact.plan_id is not null
),

final as (
    select
        plan_coverage.id,
        plan_coverage.title,
        plan_coverage.event_class,
        plan_coverage.hazard,
        plan_coverage.lead_unit_id,
        plan_coverage.last_held_on,
        dated.form as last_form
    from plan_coverage
    left join dated on plan_coverage.id = dated.plan_id and dated.place = 1
    where plan_coverage.as_of = $as_of
)

select * from final order by title, id;
