-- What the rules in force ask for, by each day, in the shape of everything that falls due.
-- Ask with as_of = $as_of.
create or replace view rule_due as
select
    as_of,
    'rule' as source,
    subject_type,
    subject_id,
    subject,
    code as rule,
    state,
    due_on,
    days,
    unit_id,
    unit,
    citation,
    text,
    is_text_verified as is_verified
from rule_judged;
