-- Keep the address of a person's calendar.
insert into calendar_feed (id, account_id, made_at)
values ($id, $account, $made_at);
