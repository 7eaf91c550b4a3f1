-- Every name a live unit is known by: name_key, id and official name of the unit.
select unit_name.name_key, unit.id, unit.name
from unit_name
inner join unit on unit_name.unit_id = unit.id
where unit.voided_at is null
order by unit.name, unit_name.name_key;
