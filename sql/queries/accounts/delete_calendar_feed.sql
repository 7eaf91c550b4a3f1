-- Take back the address of a person's calendar.
delete from calendar_feed
where account_id = $id;
