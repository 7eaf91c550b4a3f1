-- The programme of $year.
select
    id,
    title,
    document_number,
    approved_on
from programme
where year = $year and voided_at is null;
