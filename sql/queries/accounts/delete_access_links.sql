-- Take back the links with which a person would set a password.
delete from access_link
where account_id = $id;
