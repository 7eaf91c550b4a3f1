-- The plans whose revision has passed its target date as of a day, the latest first.
select
    id,
    title,
    lead_unit,
    revision_started_on,
    revision_target_on,
    cast($as_of as date) - revision_target_on as days_late
from plan_fact
where
    as_of = $as_of
    and is_revision_late = 1
    and (cast($event_class as varchar) is null or event_class = $event_class)
order by days_late desc, title;
