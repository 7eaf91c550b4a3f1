-- End where a person is signed in, but for one place.
update access_session
set ended_at = $at
where account_id = $account_id and ended_at is null and id <> $but;
