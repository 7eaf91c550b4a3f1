-- The delay that failed attempts have earned these subjects.
select max(locked_until) as locked_until
from access_failure
where subject in ($pair, $login, $address);
