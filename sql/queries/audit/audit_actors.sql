-- Everybody whom the audit trail names, and every way by which changes came in.
select 'actor' as kind, actor as name
from audit_event
group by actor
union all
select 'source', source
from audit_event
group by source
order by kind, name;
