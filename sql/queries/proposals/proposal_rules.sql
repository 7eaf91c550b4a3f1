-- Drills that rules ask for by the last day of a year, or whenever they can be held.
select
    rule_judged.code as rule,
    rule_judged.subject_type,
    rule_judged.subject_id,
    rule_judged.subject,
    rule_judged.state,
    rule_judged.due_on,
    rule_judged.unit_id,
    rule_judged.citation,
    rule_judged.text,
    rule_judged.is_text_verified as is_verified,
    rule.interval_count,
    rule.interval_unit
from rule_judged
inner join rule on rule_judged.rule_id = rule.id
where
    rule_judged.as_of = $as_of
    and rule_judged.state <> 'not_applicable'
    and rule_judged.subject_type in ('plan', 'unit', 'team')
    and rule_judged.measure in ('drill_held', 'drill_held_and_reported', 'joint_drill_held')
    and (rule_judged.due_on <= $last_day or (rule_judged.due_on is null and rule_judged.state = 'never'));
