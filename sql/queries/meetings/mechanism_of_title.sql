-- Another mechanism with a title.
select id
from mechanism
where title_key = $key and voided_at is null and ($id is null or id <> $id);
