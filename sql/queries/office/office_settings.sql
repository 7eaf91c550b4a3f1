-- What the office has decided.
select name, value from office_setting;
