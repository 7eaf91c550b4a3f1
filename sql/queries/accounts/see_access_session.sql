-- Say when a person who is signed in was last here.
update access_session
set seen_at = $at
where id = $id;
