-- Up to which line of the journal the register goes.
select sequence, checksum
from journal_mark;
