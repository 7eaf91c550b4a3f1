-- How one planned drill stands as of a day.
select status, due_state, sessions_held, target_sessions, participants_held
from planned_drill_fact
where id = $id and as_of = $as_of;
