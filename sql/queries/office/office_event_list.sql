-- What the office did and a rule asks for, the latest first.
select id, kind, happened_on, document
from office_event
where voided_at is null
order by happened_on desc, id;
