-- The sessions behind one bar: those of the view ($event_class, $host, $membership) that also
-- belong to the bar ($bar_…). 'unfilled' asks for empty ones; the bar 'rest' for a host that is
-- none of $top_hosts (ids joined by commas).
select
    id,
    held_on,
    held_on_precision,
    name,
    hosts,
    membership,
    event_class,
    form,
    participants,
    participants_kind
from session_listed
where
    held_on between cast($first_day as date) and cast($last_day as date)
    and (cast($event_class as varchar) is null or event_class = $event_class)
    and (cast($membership as varchar) is null or membership = $membership)
    and (
        cast($host as varchar) is null
        or exists (
            select 1
            from session_host
            where session_host.session_id = session_listed.id and session_host.unit_id = $host
        )
    )
    and (
        cast($bar_event_class as varchar) is null
        or coalesce(event_class, 'unfilled') = $bar_event_class
    )
    and (cast($bar_form as varchar) is null or coalesce(form, 'unfilled') = $bar_form)
    and (
        cast($bar_host as varchar) is null
        or ($bar_host = 'unfilled' and hosts = '')
        or exists (
            select 1
            from session_host
            where
                session_host.session_id = session_listed.id
                and (
                    session_host.unit_id = $bar_host
                    or ($bar_host = 'rest' and position(session_host.unit_id in cast($top_hosts as varchar)) = 0)
                )
        )
    );
