-- The version of a rule that ended on a day.
select id, row_version
from rule
where code = $code and voided_at is null and effective_to = $day;
