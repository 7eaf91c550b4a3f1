-- Remember which column is which field in tables with this header.
insert into import_mapping (header_key, kind, mapping_json, updated_at)
values ($header_key, $kind, $mapping_json, $updated_at)
on conflict (header_key) do update
set kind = excluded.kind, mapping_json = excluded.mapping_json, updated_at = excluded.updated_at;
