-- End one place where a person is signed in.
update access_session
set ended_at = $at
where id = $id;
