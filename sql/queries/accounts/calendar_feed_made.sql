-- When an account's calendar address was made.
select made_at
from calendar_feed
where account_id = $account_id;
