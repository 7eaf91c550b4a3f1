-- Forget the official days, to take in those the product knows.
delete from official_day;
