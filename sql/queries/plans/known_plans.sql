-- Plans as names lead to them: the key of the title as name_key, id.
select title_key as name_key, id
from plan
where voided_at is null;
