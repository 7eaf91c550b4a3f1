-- Keep what the office decided in place of the decision before.
insert into office_setting (name, value) values ($name, $value)
on conflict (name) do update set value = excluded.value;
