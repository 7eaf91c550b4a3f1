-- Voided plans with the reason, filtered by title.
select id, title, category, void_reason, voided_at, origin
from plan
where
    voided_at is not null
    and (cast($search as varchar) is null or position(lower($search) in lower(title)) > 0);
