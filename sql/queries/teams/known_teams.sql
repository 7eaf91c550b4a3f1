-- Teams as names lead to them: name_key, id.
select name_key, id
from team
where voided_at is null;
