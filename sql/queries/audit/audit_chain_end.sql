-- Where the chain of the audit trail ends.
select position, chain_hash
from audit_head;
