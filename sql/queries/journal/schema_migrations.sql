-- The migrations the register has been through, in order.
select number, name
from schema_migration
order by number;
