-- How every rule in force stands for everybody it asks, by each day. Ask with as_of = $as_of.
-- A rule that asks again and again counts from the last time; what never was done counts from the
-- beginning of rule or subject, the later. What happened once is judged by the rule of that day.
create or replace view session_archive as
with paper as (
    select
        calendar.day as as_of,
        attachment.subject_id as session_id,
        count(distinct attachment.kind) as kinds
    from calendar
    inner join attachment on cast(attachment.created_at + interval '8 hours' as date) <= calendar.day
    where
        attachment.subject_type = 'drill_session'
        and attachment.voided_at is null
        and attachment.kind in ('scheme', 'evaluation_report', 'summary_report', 'media')
    group by calendar.day, attachment.subject_id
),

host as (
    select
        session_id,
        unit_id,
        unit_name,
        row_number() over (partition by session_id order by position, unit_name, unit_id) as place
    from session_host
),

final as (
    select
        calendar.day as as_of,
        drill_session.id,
        drill_session.name,
        -- Where only the month is known, its last day: the latest it can have been.
        case
            when drill_session.held_on_precision = 'month'
                then cast(date_trunc('month', drill_session.held_on) + interval '1 month' as date) - 1
            else drill_session.held_on
        end as held_on,
        drill_session.status = 'archived' or coalesce(paper.kinds, 0) = 4 as is_done,
        host.unit_id,
        coalesce(host.unit_name, '') as unit
    from calendar
    inner join drill_session on drill_session.held_on <= calendar.day
    left join paper on drill_session.id = paper.session_id and paper.as_of = calendar.day
    left join host on drill_session.id = host.session_id and host.place = 1
    where drill_session.voided_at is null
)

select * from final;

create or replace view plan_event as
select
    today.as_of,
    today.code,
    today.measure,
    today.subject,
    today.measure in ('drill_held', 'assessed') as is_periodic,
    plan_fact.id as plan_id,
    plan_fact.title,
    plan_fact.lead_unit_id,
    plan_fact.lead_unit,
    plan_fact.status,
    case
        when today.measure = 'filed_after_issue' then plan_fact.issued_on
        when today.measure in ('filed_after_revision', 'published')
            then coalesce(plan_fact.issued_on, plan_fact.documented_on, plan_fact.effective_on)
    end as happened_on,
    case
        when today.measure = 'published' then coalesce(plan_fact.published_on <= today.as_of, false)
        else coalesce(plan_fact.filed_on <= today.as_of, false)
    end as is_done,
    today.measure = 'filed_after_issue' and plan_fact.issued_on is null and plan_fact.filed_on is null as is_unknown
from rule_in_force as today
inner join plan_fact on today.as_of = plan_fact.as_of
where
    today.subject = 'plan'
    and plan_fact.status <> 'repealed'
    and today.measure <> 'revised_after_major_finding'
    and (today.measure <> 'filed_after_revision' or plan_fact.version_number > 1);

create or replace view rule_asked as
with plans as (
    select
        today.as_of,
        rule.id as rule_id,
        'plan' as subject_type,
        today.plan_id as subject_id,
        today.title as subject,
        today.lead_unit_id as unit_id,
        today.lead_unit as unit,
        case
            when today.status = 'drafting' then 'plan_drafted'
            when today.is_unknown then 'issue_unknown'
        end as reason,
        today.is_periodic,
        case when today.is_periodic then done.last_on is not null else today.is_done end as is_done,
        cast(null as date) as lasts_until,
        case when today.is_periodic then done.last_on else today.happened_on end as last_on,
        plan_asked.began_on
    from plan_event as today
    inner join plan_asked on today.plan_id = plan_asked.id
    inner join rule
        on
            today.code = rule.code
            and rule.effective_from <= coalesce(today.happened_on, today.as_of)
            and (rule.effective_to is null or rule.effective_to >= coalesce(today.happened_on, today.as_of))
    left join plan_last as done
        on today.as_of = done.as_of and today.measure = done.measure and today.plan_id = done.plan_id
    where
        rule.voided_at is null
        and not rule.is_switched_off
        and (
            position(',all,' in ',' || rule.applies_to || ',') > 0
            or position(',' || plan_asked.kind || ',' in ',' || rule.applies_to || ',') > 0
            or position(',' || plan_asked.trait || ',' in ',' || rule.applies_to || ',') > 0
        )
),

major as (
    select
        major_finding.*,
        row_number() over (
            partition by as_of, plan_id, code order by is_done, revise_by, found_on, finding_id
        ) as place
    from major_finding
),

finding as (
    select
        major.as_of,
        major.rule_id,
        'plan' as subject_type,
        major.plan_id as subject_id,
        major.plan_title as subject,
        major.lead_unit_id as unit_id,
        coalesce(unit.name, '') as unit,
        cast(null as varchar) as reason,
        false as is_periodic,
        major.is_done,
        major.revise_by as lasts_until,
        major.found_on as last_on,
        cast(null as date) as began_on
    from major
    left join unit on major.lead_unit_id = unit.id
    -- A plan with several is asked for one revision: by the first day.
    where major.place = 1
),

units as (
    select
        rule.as_of,
        rule.id as rule_id,
        'unit' as subject_type,
        unit_asked.id as subject_id,
        unit_asked.name as subject,
        unit_asked.id as unit_id,
        unit_asked.name as unit,
        cast(null as varchar) as reason,
        true as is_periodic,
        case
            when rule.measure = 'drill_held' then done.held_on else done.reported_held_on
        end is not null as is_done,
        cast(null as date) as lasts_until,
        case when rule.measure = 'drill_held' then done.held_on else done.reported_held_on end as last_on,
        cast(null as date) as began_on
    from rule_in_force as rule
    cross join unit_asked
    left join unit_last as done on rule.as_of = done.as_of and unit_asked.id = done.unit_id
    where
        rule.subject = 'unit'
        and (
            position(',all,' in ',' || rule.applies_to || ',') > 0
            or position(',' || unit_asked.kind || ',' in ',' || rule.applies_to || ',') > 0
            or position(',' || unit_asked.trait || ',' in ',' || rule.applies_to || ',') > 0
            or position(',' || unit_asked.other_trait || ',' in ',' || rule.applies_to || ',') > 0
        )
),

teams as (
    select
        rule.as_of,
        rule.id as rule_id,
        'team' as subject_type,
        team_fact.id as subject_id,
        team_fact.name as subject,
        team_fact.parent_unit_id as unit_id,
        team_fact.parent_unit as unit,
        cast(null as varchar) as reason,
        true as is_periodic,
        done.last_on is not null
        or (rule.measure = 'insured' and team_fact.insured_until is not null) as is_done,
        case when rule.measure = 'insured' then team_fact.insured_until end as lasts_until,
        done.last_on,
        team_fact.founded_on as began_on
    from rule_in_force as rule
    inner join team_fact on rule.as_of = team_fact.as_of
    left join team_last as done
        on rule.as_of = done.as_of and rule.measure = done.measure and team_fact.id = done.team_id
    where
        rule.subject = 'team'
        and (
            position(',all,' in ',' || rule.applies_to || ',') > 0
            or position(',' || team_fact.kind || ',' in ',' || rule.applies_to || ',') > 0
        )
),

offices as (
    select
        rule.as_of,
        rule.id as rule_id,
        'office' as subject_type,
        '' as subject_id,
        '' as subject,
        cast(null as varchar) as unit_id,
        '' as unit,
        cast(null as varchar) as reason,
        rule.measure in ('programme_made', 'team_list_published') as is_periodic,
        case
            when rule.measure = 'production_safety_plan_exists' then office_plan.for_production_safety > 0
            when rule.measure = 'plans_cover_four_classes' then office_plan.classes >= 4
            else done.last_on is not null
        end as is_done,
        cast(null as date) as lasts_until,
        done.last_on,
        cast(null as date) as began_on
    from rule_in_force as rule
    inner join office_plan on rule.as_of = office_plan.as_of
    left join office_last as done on rule.as_of = done.as_of and rule.measure = done.measure
    where rule.subject = 'office'
),

sessions as (
    select
        today.as_of,
        rule.id as rule_id,
        'drill_session' as subject_type,
        archive.id as subject_id,
        archive.name as subject,
        archive.unit_id,
        archive.unit,
        cast(null as varchar) as reason,
        false as is_periodic,
        archive.is_done,
        cast(null as date) as lasts_until,
        archive.held_on as last_on,
        cast(null as date) as began_on
    from rule_in_force as today
    inner join session_archive as archive on today.as_of = archive.as_of
    inner join rule
        on
            today.code = rule.code
            and rule.effective_from <= archive.held_on
            and (rule.effective_to is null or rule.effective_to >= archive.held_on)
    where
        today.measure = 'archive_complete'
        and rule.voided_at is null
        and not rule.is_switched_off
        and position(',all,' in ',' || rule.applies_to || ',') > 0
),

final as (
    select * from plans
    union all
    select * from finding
    union all
    select * from units
    union all
    select * from teams
    union all
    select * from offices
    union all
    select * from sessions
)

select * from final;

create or replace view rule_judged as
with counted as (
    select
        rule_asked.*,
        rule_version.code,
        rule_version.measure,
        rule_version.interval_count,
        rule_version.interval_unit,
        rule_version.span,
        rule_version.severity,
        rule_version.citation,
        rule_version.text,
        rule_version.is_text_verified,
        case
            when rule_asked.last_on is not null then rule_asked.last_on
            when rule_asked.is_periodic then greatest(rule_version.obliged_from, rule_asked.began_on)
        end as counted_from
    from rule_asked
    inner join rule_version on rule_asked.rule_id = rule_version.id
),

dated as (
    select
        counted.*,
        case
            when counted.lasts_until is not null then counted.lasts_until
            when counted.interval_unit = 'working_day' then ends.day
            else cast(counted.counted_from + counted.span as date)
        end as falls_on,
        coalesce(ends.is_announced, true) as is_announced
    from counted
    left join working_day as begins
        on counted.interval_unit = 'working_day' and counted.counted_from = begins.day
    left join working_day as ends
        on ends.is_working and begins.number + counted.interval_count = ends.number
),

due as (
    select
        dated.*,
        -- What was done once, or does not apply, falls due no more.
        case when dated.reason is null and (dated.is_periodic or not dated.is_done) then dated.falls_on end as due_on
    from dated
),

final as (
    select
        due.as_of,
        due.subject_type,
        due.subject_id,
        due.subject,
        due.code,
        due.rule_id,
        due.measure,
        due.severity,
        case
            when due.reason is not null then 'not_applicable'
            when due.is_periodic and not due.is_done then 'never'
            when due.is_done and not due.is_periodic then 'normal'
            when due.due_on is null then 'never'
            when due.due_on < due.as_of then 'late'
            when due.due_on - due.as_of <= due_soon.within_days then 'due_soon'
            else 'normal'
        end as state,
        due.due_on,
        cast(due.due_on - due.as_of as integer) as days,
        due.unit_id,
        due.unit,
        due.citation,
        due.text,
        due.is_text_verified,
        due.reason,
        due.is_announced
    from due
    cross join due_soon
)

select * from final;
