-- Plans for selection lists: id, title.
select id, title from plan where voided_at is null order by title;
