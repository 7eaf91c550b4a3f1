-- How many administrators there are besides one account.
select count(*) as number
from account
where role = 'administrator' and not is_disabled and voided_at is null and id <> $id;
