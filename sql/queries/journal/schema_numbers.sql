-- The numbers of the migrations the register has been through.
select number
from schema_migration
order by number;
