-- Voided rules with the reason.
select id, code, citation, void_reason, voided_at
from rule
where
    voided_at is not null
    and (
        cast($search as varchar) is null
        or position(lower($search) in lower(code || ' ' || citation)) > 0
    );
