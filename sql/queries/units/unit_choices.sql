-- Units for selection lists: id, name.
select id, name from unit where voided_at is null order by name;
