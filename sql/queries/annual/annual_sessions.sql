-- The sessions behind a figure: those of a view, from $first_day to $last_day, narrowed by what is
-- not null. $event_class, $host and $membership are the view's, $of_… those of the group counted:
-- 'unfilled' is what is not given, 'rest' a host that is none of $named_hosts (ids joined by commas).
-- $head_count is 'unknown' (no number), 'inexact' (about or over), 'observers' or 'support' (some).
-- $programme_year and $other_than_year find sessions held late or early for another year's programme.
select
    id,
    held_on,
    held_on_precision,
    starts_at,
    ends_at,
    name,
    membership,
    programme_year,
    planned_drill_number,
    planned_drill_name,
    plan_title,
    hosts,
    place,
    event_class,
    hazard,
    form,
    scope,
    purpose,
    is_no_notice,
    participants,
    participants_kind,
    observers,
    observers_kind,
    support,
    support_kind,
    summary,
    status,
    origin
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
    and (cast($programme_year as integer) is null or programme_year = $programme_year)
    and (cast($other_than_year as integer) is null or held_year <> $other_than_year)
    and (cast($of_membership as varchar) is null or membership = $of_membership)
    and (cast($of_event_class as varchar) is null or coalesce(event_class, 'unfilled') = $of_event_class)
    and (cast($of_form as varchar) is null or coalesce(form, 'unfilled') = $of_form)
    and (
        cast($of_host as varchar) is null
        or ($of_host = 'unfilled' and hosts = '')
        or exists (
            select 1
            from session_host
            where
                session_host.session_id = session_listed.id
                and (
                    session_host.unit_id = $of_host
                    or ($of_host = 'rest' and position(session_host.unit_id in cast($named_hosts as varchar)) = 0)
                )
        )
    )
    and (
        cast($head_count as varchar) is null
        or ($head_count = 'unknown' and participants is null)
        or ($head_count = 'inexact' and participants_kind in ('approximate', 'over'))
        or ($head_count = 'observers' and observers_counted > 0)
        or ($head_count = 'support' and support_counted > 0)
    )
order by held_on, starts_at, name, id;
