-- Voided teams with the reason, filtered by name.
select id, name, kind, void_reason, voided_at, origin
from team
where
    voided_at is not null
    and (cast($search as varchar) is null or position(lower($search) in lower(name)) > 0);
