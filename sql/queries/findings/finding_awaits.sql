-- By when, and by which rule, a major finding on a plan wants a revision; nothing once one began.
select
    major_finding.revise_by,
    rule.citation,
    rule.text,
    rule.is_text_verified as is_verified
from major_finding
inner join rule on major_finding.rule_id = rule.id
where major_finding.as_of = $as_of and major_finding.finding_id = $id and not major_finding.is_done
order by major_finding.revise_by, rule.code
limit 1;
