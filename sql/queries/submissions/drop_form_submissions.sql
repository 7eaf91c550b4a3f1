-- Nobody sends a form again after days.
delete from form_submission where submitted_at < $before;
