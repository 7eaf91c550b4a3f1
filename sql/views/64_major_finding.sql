-- Major findings on a plan by each day: the day by which the rule of the day they were found wants
-- a revision, and whether one was begun or the finding is closed. One row per rule and finding.
-- Ask with as_of = $as_of.
create or replace view major_finding as
with found as (
    select
        finding.id as finding_id,
        finding.closed_on,
        plan_revision.id as revision_id,
        plan_revision.started_on,
        plan_asked.id as plan_id,
        plan_asked.title as plan_title,
        plan_asked.lead_unit_id,
        plan_asked.kind,
        plan_asked.trait,
        plan_asked.lifecycle,
        plan_asked.repealed_on,
        -- Where only the month is known, its last day: the latest it can have been.
        case
            when drill_session.held_on_precision = 'month'
                then cast(date_trunc('month', drill_session.held_on) + interval '1 month' as date) - 1
            else drill_session.held_on
        end as found_on
    from finding
    inner join drill_session on finding.session_id = drill_session.id and drill_session.voided_at is null
    inner join plan_asked on finding.plan_id = plan_asked.id
    left join plan_revision on finding.plan_revision_id = plan_revision.id
    where finding.voided_at is null and finding.kind = 'plan' and finding.severity = 'major'
),

final as (
    select
        today.as_of,
        found.finding_id,
        found.plan_id,
        found.plan_title,
        found.lead_unit_id,
        found.found_on,
        rule.id as rule_id,
        rule.code,
        case
            when rule.interval_unit = 'working_day' then ends.day
            else cast(found.found_on + rule.span as date)
        end as revise_by,
        coalesce(found.closed_on <= today.as_of, false)
        or (found.revision_id is not null and coalesce(found.started_on <= today.as_of, true)) as is_done
    from rule_in_force as today
    inner join found on today.as_of >= found.found_on
    inner join rule_version as rule
        on
            today.code = rule.code
            and rule.effective_from <= found.found_on
            and (rule.effective_to is null or rule.effective_to >= found.found_on)
    left join working_day as begins
        on rule.interval_unit = 'working_day' and found.found_on = begins.day
    left join working_day as ends
        on ends.is_working and begins.number + rule.interval_count = ends.number
    where
        today.measure = 'revised_after_major_finding'
        and not rule.is_switched_off
        and not (found.lifecycle = 'repealed' and (found.repealed_on is null or found.repealed_on <= today.as_of))
        and (
            position(',all,' in ',' || rule.applies_to || ',') > 0
            or position(',' || found.kind || ',' in ',' || rule.applies_to || ',') > 0
            or position(',' || found.trait || ',' in ',' || rule.applies_to || ',') > 0
        )
)

select * from final;
