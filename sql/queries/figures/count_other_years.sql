-- The sessions of $year's programme that were held in another year, up to a day, in one view.
select
    'all' as dimension,
    'all' as code,
    count(*) as sessions
from session_fact
where
    programme_year = $year
    and held_year <> $year
    and held_on <= $as_of
    and (cast($event_class as varchar) is null or event_class = $event_class)
    and (cast($membership as varchar) is null or membership = $membership)
    and (
        cast($host as varchar) is null
        or exists (
            select 1
            from session_host
            where session_host.session_id = session_fact.id and session_host.unit_id = $host
        )
    );
