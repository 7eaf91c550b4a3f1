-- The end of the audit chain: the last line's id and hash, and how many lines there are.
select
    audit_head.chain_hash,
    (select count(*) from audit_event) as lines,
    (select max(id) from audit_event) as id
from audit_head;
