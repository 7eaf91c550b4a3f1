-- What a form made that was saved under this token.
select answer_json from form_submission where token = $token;
