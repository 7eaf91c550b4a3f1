-- How many corrective actions a finding has, how many are verified, and the last day one was.
select count(*) as actions, count(verified_on) as verified, max(verified_on) as last_on
from corrective_action
where finding_id = $id and voided_at is null;
