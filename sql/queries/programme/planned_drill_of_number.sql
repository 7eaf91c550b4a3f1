-- Another planned drill of a programme with a number.
select id
from planned_drill
where
    programme_id = $programme_id and number = $number
    and voided_at is null and ($id is null or id <> $id);
