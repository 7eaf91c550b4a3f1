-- How many days before its due date something is due soon: the office's decision, 30 unless made.
create or replace view due_soon as
select coalesce(max(cast(value as integer)), 30) as within_days
from office_setting
where name = 'due_soon_days' and value <> '';
