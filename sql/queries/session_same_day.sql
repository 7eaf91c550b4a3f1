-- Sessions of one day that share a host with the given ones (ids joined by commas): likely doubles.
select
    session_fact.id,
    session_fact.name,
    session_fact.name_key,
    session_fact.held_on,
    session_fact.hosts
from session_fact
where
    session_fact.held_on = $held_on
    and (cast($record_id as varchar) is null or session_fact.id <> $record_id)
    and exists (
        select 1
        from session_host
        where
            session_host.session_id = session_fact.id
            and position(session_host.unit_id in cast($host_ids as varchar)) > 0
    )
order by session_fact.name;
