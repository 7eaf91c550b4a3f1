-- Everything that falls due, whatever asks for it. Ask with as_of = $as_of.
create or replace view due_item as
select * from rule_due
union all
select * from planned_drill_due
union all
select * from revision_due
union all
select * from action_due
union all
select * from decision_due;
