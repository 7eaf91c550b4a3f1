-- Voided findings with the reason, filtered by text.
select id, text, kind, severity, void_reason, voided_at, origin
from finding
where
    voided_at is not null
    and (cast($search as varchar) is null or position(lower($search) in lower(text)) > 0);
