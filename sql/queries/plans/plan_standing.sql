-- How one contingency plan stands as of a day.
select status, version_number, revision_started_on, revision_target_on
from plan_fact
where id = $id and as_of = $as_of;
