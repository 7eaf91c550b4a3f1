-- Keep what a part was made from.
insert into derived_state (name, fingerprint)
values ($name, $fingerprint)
on conflict (name) do update
set fingerprint = excluded.fingerprint;
