-- The codes of all rules, voided or not.
select distinct code
from rule;
