-- Keep the failed sign-ins of one login or address.
insert into access_failure (subject, failures, failed_at, locked_until)
values ($subject, $failures, $at, $until)
on conflict (subject) do update
set failures = excluded.failures, failed_at = excluded.failed_at, locked_until = excluded.locked_until;
