-- Teams as of a day that took part in no joint session since a day, those that never did first.
select id, name, kind, fields, parent_unit_id, parent_unit, last_held_on, last_joint_on
from team_coverage
where as_of = $as_of and (last_joint_on is null or last_joint_on < $since)
order by case when last_joint_on is null then 0 else 1 end, last_joint_on, name, id;
