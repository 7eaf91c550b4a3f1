-- The team with a name.
select id
from team
where name_key = $key and voided_at is null;
