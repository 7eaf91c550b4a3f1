-- Programmes, the latest year first: id, year, title.
select id, year, title from programme where voided_at is null order by year desc;
