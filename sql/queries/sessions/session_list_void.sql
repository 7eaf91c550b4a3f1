-- Voided drill sessions with the reason, filtered by name.
select id, held_on, name, place, void_reason, voided_at, origin
from drill_session
where
    voided_at is not null
    and (cast($search as varchar) is null or position(lower($search) in lower(name)) > 0);
