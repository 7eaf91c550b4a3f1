-- Write down where the chain of the audit trail ends.
insert into audit_head (id, position, chain_hash)
values (1, $position, $chain_hash)
on conflict (id) do update
set position = excluded.position, chain_hash = excluded.chain_hash;
