-- Write down up to which line of the journal the register goes.
insert into journal_mark (id, sequence, checksum)
values (1, $sequence, $checksum)
on conflict (id) do update
set sequence = excluded.sequence, checksum = excluded.checksum;
