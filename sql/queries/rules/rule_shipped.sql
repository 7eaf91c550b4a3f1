-- The audit line of a rule that was shipped with the product.
select id
from audit_event
where subject_type = 'rule' and subject_id = $id and action = 'ship';
