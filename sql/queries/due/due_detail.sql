-- What a rule asks of one subject as of a day, with what the list leaves out.
select measure, severity, reason, is_announced, rule_id
from rule_judged
where as_of = $as_of and code = $rule and subject_type = $subject_type and subject_id = $subject_id;
