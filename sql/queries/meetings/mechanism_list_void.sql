-- Voided mechanisms with the reason, filtered by title.
select id, title, kind, void_reason, voided_at, origin
from mechanism
where
    voided_at is not null
    and (cast($search as varchar) is null or position(lower($search) in lower(title)) > 0);
