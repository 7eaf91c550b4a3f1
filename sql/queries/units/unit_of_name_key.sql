-- The unit that has, or had, a name.
select unit_id
from unit_name
where name_key = $name_key;
