-- The table of the migrations a register has been through; it is there before the first of them.
create table if not exists schema_migration (
    number integer primary key,
    name varchar not null,
    applied_at timestamp not null
);
