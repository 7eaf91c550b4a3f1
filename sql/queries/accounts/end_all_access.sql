-- End where anybody is signed in.
update access_session
set ended_at = $at
where ended_at is null;
