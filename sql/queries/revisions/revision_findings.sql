-- The findings that a revision answers, oldest drill first.
select finding.id
from finding
inner join drill_session on finding.session_id = drill_session.id
where finding.plan_revision_id = $id and finding.voided_at is null and drill_session.voided_at is null
order by drill_session.held_on, finding.position, finding.id;
