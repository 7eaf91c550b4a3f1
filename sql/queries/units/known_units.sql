-- Every name a unit has, or had before it was voided: name_key, id of the unit.
select name_key, unit_id as id
from unit_name;
