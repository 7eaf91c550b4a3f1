-- Forget the half-typed forms nobody went on with.
delete from draft
where updated_at < $before;
