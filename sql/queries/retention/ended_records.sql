-- Records with contacts that ended before a moment, and teams before its day: subject_type, id.
select 'unit' as subject_type, id
from unit
where voided_at < $before
union all
select 'team', id
from team
where voided_at < $before or dissolved_on < $before_day
union all
select 'mechanism', id
from mechanism
where voided_at < $before;
