-- Drill sessions for which no host is recorded; they are missing from figures by host.
select 'drill_session' as subject_type, drill_session.id, drill_session.name as label
from drill_session
where
    drill_session.voided_at is null
    and not exists (
        select 1
        from session_unit
        where session_unit.session_id = drill_session.id and session_unit.role = 'host'
    );
