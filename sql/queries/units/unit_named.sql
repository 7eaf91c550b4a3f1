-- The unit that has, or had, a name, with its present one.
select unit.id, unit.name
from unit_name
inner join unit on unit_name.unit_id = unit.id
where unit_name.name_key = $name_key;
