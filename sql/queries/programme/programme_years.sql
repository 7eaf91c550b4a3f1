-- The years that have a programme, voided ones too: year, id, voided_at.
select year, id, voided_at
from programme;
