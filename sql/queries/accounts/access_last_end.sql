-- When a session of an account was last ended before its time.
select max(ended_at) as ended_at
from access_session
where account_id = $account_id;
