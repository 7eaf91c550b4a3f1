-- The files of one record, the latest first.
select
    id, subject_type, subject_id, kind, stage, file_name, media_type, size_bytes, sha256, row_version, created_at
from attachment
where subject_type = $subject_type and subject_id = $subject_id and voided_at is null
order by created_at desc;
