-- Revisions of plans as of a day; $status narrows them, $ended_from keeps those that ended since.
select *
from revision_fact
where
    as_of = $as_of
    and (cast($status as varchar) is null or status = $status)
    and (cast($ended_from as date) is null or completed_on >= $ended_from)
order by is_late desc, days_late desc, target_on nulls last, title, id;
