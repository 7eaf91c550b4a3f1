-- Take one failure back, and the delay it brought.
update access_failure
set failures = failures - 1, locked_until = case when locked_until = $until then null else locked_until end
where subject = $name and failures > 0;
