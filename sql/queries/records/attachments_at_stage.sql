-- The files of a record that were attached at one stage, in their order.
select kind, file_name, media_type, size_bytes, sha256
from attachment
where subject_type = $table and subject_id = $id and stage = $stage and voided_at is null
order by created_at, id;
