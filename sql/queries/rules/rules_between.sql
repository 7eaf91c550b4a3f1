-- The versions of a rule in force between two days.
select id, effective_from, effective_to
from rule
where
    code = $code and voided_at is null and effective_from <= $last
    and (effective_to is null or effective_to >= $first);
