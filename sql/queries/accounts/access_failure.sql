-- The failed sign-ins of one login or address.
select *
from access_failure
where subject = $subject;
