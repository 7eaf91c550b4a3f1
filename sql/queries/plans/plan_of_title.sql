-- The plan with a title.
select id
from plan
where title_key = $key and voided_at is null;
