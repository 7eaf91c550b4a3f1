-- The rules in force on each day and not switched off. Ask with as_of = $as_of.
create or replace view rule_in_force as
select
    calendar.day as as_of,
    rule.id,
    rule.code,
    rule.subject,
    rule.applies_to,
    rule.measure
from calendar
inner join rule
    on
        rule.effective_from <= calendar.day
        and (rule.effective_to is null or rule.effective_to >= calendar.day)
where rule.voided_at is null and not rule.is_switched_off;
