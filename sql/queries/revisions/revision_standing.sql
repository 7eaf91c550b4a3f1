-- How one revision of a plan stands as of a day.
select * from revision_fact
where id = $id and as_of = $as_of;
