-- Say when something of a revision was last changed.
update plan_revision
set updated_at = $at
where id = $id;
