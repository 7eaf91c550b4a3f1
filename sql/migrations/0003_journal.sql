-- Up to which line of the journal this file holds every write; one row, changed with each of them.
create table journal_mark (
    id integer primary key,
    sequence bigint not null,
    checksum varchar not null
);
