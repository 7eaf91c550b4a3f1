-- The units that host a planned drill or a session: id, name.
select unit.id, unit.name
from unit
where
    exists (select 1 from session_host where session_host.unit_id = unit.id)
    or exists (select 1 from planned_drill_host where planned_drill_host.unit_id = unit.id)
order by unit.name;
