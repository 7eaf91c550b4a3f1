-- One row for each form that was saved: sent again, it is answered with what the first sending made.
create table form_submission (
    token varchar primary key,
    answer_json varchar not null,
    submitted_at timestamp not null
);
