-- Remember what a form made; a second row of the same token is refused.
insert into form_submission (token, answer_json, submitted_at)
values ($token, $answer_json, $submitted_at);
