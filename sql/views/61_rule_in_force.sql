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

-- obliged_from is when the first rule of the same code began: a changed interval asks no later.
-- span is the interval, but for working days: those are counted in working_day.
create or replace view rule_version as
select
    rule.*,
    case interval_unit
        when 'year' then interval_count * interval '1 year'
        when 'month' then interval_count * interval '1 month'
        when 'day' then interval_count * interval '1 day'
    end as span,
    min(rule.effective_from) over (partition by rule.code) as obliged_from
from rule
where rule.voided_at is null;
