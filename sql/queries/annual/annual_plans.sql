-- Contingency plans as of a day without repealed ones, narrowed by what is not null: by the view
-- ($event_class) and by what a figure counts; $categories holds codes joined by commas.
select
    plan_fact.id,
    plan_fact.title,
    plan_fact.category,
    plan_fact.document_kind,
    plan_fact.event_class,
    plan_fact.hazard,
    plan_fact.lead_unit,
    plan_fact.version_number,
    plan_fact.document_number,
    plan_fact.issued_on,
    plan_fact.status,
    plan_fact.revision_started_on,
    plan_fact.revision_target_on,
    cast($as_of as date) - plan_fact.revision_target_on as days_late,
    plan_fact.origin
from plan_fact
left join vocabulary as category_term
    on category_term.kind = 'plan_category' and plan_fact.category = category_term.code
left join vocabulary as hazard_term
    on hazard_term.kind = 'hazard' and plan_fact.hazard = hazard_term.code
where
    plan_fact.as_of = $as_of
    and plan_fact.status <> 'repealed'
    and (cast($event_class as varchar) is null or plan_fact.event_class = $event_class)
    and (cast($status as varchar) is null or plan_fact.status = $status)
    and (cast($is_revision_late as integer) is null or plan_fact.is_revision_late = $is_revision_late)
    and (
        cast($categories as varchar) is null
        or position(',' || plan_fact.category || ',' in ',' || $categories || ',') > 0
    )
order by category_term.position, hazard_term.position, plan_fact.title, plan_fact.id;
