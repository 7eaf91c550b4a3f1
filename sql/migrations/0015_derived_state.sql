-- What the calendar, the code lists, the working days and the views were made from; a start makes
-- anew only what would be made from something else today.
create table derived_state (
    name varchar primary key,
    fingerprint varchar not null
);
