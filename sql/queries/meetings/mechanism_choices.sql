-- Mechanisms for selection lists: id, title.
select id, title from mechanism where voided_at is null order by title;
