-- Say that a link was used: it opens nothing again.
update access_link
set used_at = $at
where id = $id;
