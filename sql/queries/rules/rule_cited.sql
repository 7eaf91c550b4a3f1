-- The wording of a rule in force on a day, or nothing.
select
    rule_version.citation,
    rule_version.text,
    rule_version.is_text_verified as is_verified
from rule_in_force
inner join rule_version on rule_in_force.id = rule_version.id
where rule_in_force.as_of = $as_of and rule_in_force.code = $code;
