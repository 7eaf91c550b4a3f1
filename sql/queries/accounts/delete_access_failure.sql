-- Forget the failed sign-ins of one login or address.
delete from access_failure
where subject = $name;
