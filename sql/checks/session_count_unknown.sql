-- Drill sessions whose number of participants is unknown; they add nothing to the total.
select 'drill_session' as subject_type, id, name as label
from drill_session
where voided_at is null and participants is null;
