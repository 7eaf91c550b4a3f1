-- Drill sessions of one day with the same name and hosts: probably one session recorded twice.
with doubled as (
    select held_on, name_key, hosts
    from session_fact
    group by held_on, name_key, hosts
    having count(*) > 1
)

select 'drill_session' as subject_type, session_fact.id, session_fact.name as label
from session_fact
inner join doubled
    on
        session_fact.held_on = doubled.held_on
        and session_fact.name_key = doubled.name_key
        and session_fact.hosts = doubled.hosts;
