-- Take half-typed forms out that nobody went on with since a moment.
delete from draft
where updated_at < $before;
