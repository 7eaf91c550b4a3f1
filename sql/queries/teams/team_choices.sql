-- Teams for selection lists: id, name.
select id, name from team where voided_at is null order by name;
