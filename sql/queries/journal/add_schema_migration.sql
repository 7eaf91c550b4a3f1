-- Say that a register has been through a migration.
insert into schema_migration
values ($number, $name, $applied_at);
