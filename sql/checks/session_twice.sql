-- Drill sessions of one day with the same name and hosts: probably one session recorded twice.
with doubled as (
    select held_on, name_key, hosts
    from session_listed
    group by held_on, name_key, hosts
    having count(*) > 1
)

select 'drill_session' as subject_type, session_listed.id, session_listed.name as label
from session_listed
inner join doubled
    on
        session_listed.held_on = doubled.held_on
        and session_listed.name_key = doubled.name_key
        and session_listed.hosts = doubled.hosts;
