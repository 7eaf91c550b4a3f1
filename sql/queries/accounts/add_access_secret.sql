-- Keep a secret of this register, unless it has one.
insert into access_secret (name, value) values ($name, $value)
on conflict (name) do nothing;
