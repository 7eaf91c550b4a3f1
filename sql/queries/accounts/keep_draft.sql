-- Keep one visitor's half-typed form in place of the one before.
insert into draft (owner, form, values_json, updated_at)
values ($owner, $form, $values_json, $updated_at)
on conflict (owner, form) do update
set values_json = excluded.values_json, updated_at = excluded.updated_at;
