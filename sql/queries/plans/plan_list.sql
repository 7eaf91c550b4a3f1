-- Contingency plans with version and status as of a day, filtered; the status 'existing' stands for
-- every one but repealed.
select
    id,
    title,
    category,
    event_class,
    hazard,
    lead_unit,
    document_number,
    documented_on,
    issued_on,
    status,
    revision_started_on,
    revision_target_on,
    is_revision_late,
    origin,
    updated_at
from plan_fact
where
    as_of = $as_of
    and (cast($category as varchar) is null or category = $category)
    and (
        cast($status as varchar) is null
        or status = $status
        or ($status = 'existing' and status <> 'repealed')
    )
    and (cast($event_class as varchar) is null or event_class = $event_class)
    and (
        cast($search as varchar) is null
        or position(lower($search) in lower(title || ' ' || lead_unit || ' ' || document_number)) > 0
    );
