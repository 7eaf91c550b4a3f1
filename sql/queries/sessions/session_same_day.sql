-- Sessions of one day that share a host with the given ones (ids joined by commas): likely doubles.
select
    session_listed.id,
    session_listed.name,
    session_listed.name_key,
    session_listed.held_on,
    session_listed.hosts
from session_listed
where
    session_listed.held_on = $held_on
    and (cast($record_id as varchar) is null or session_listed.id <> $record_id)
    and exists (
        select 1
        from session_host
        where
            session_host.session_id = session_listed.id
            and position(session_host.unit_id in cast($host_ids as varchar)) > 0
    )
order by session_listed.name;
