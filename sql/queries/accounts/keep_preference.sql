-- Keep what one visitor chose in place of the choice before.
insert into preference (owner, name, value)
values ($owner, $name, $value)
on conflict (owner, name) do update set value = excluded.value;
