-- The programme of a year, voided or not.
select id, voided_at, row_version
from programme
where year = $year;
