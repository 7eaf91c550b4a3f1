-- The sessions behind one row of the coverage matrix, of some years up to a day.
select
    session_listed.id,
    session_listed.held_on,
    session_listed.held_on_precision,
    session_listed.name,
    session_listed.hosts,
    session_listed.form,
    session_listed.participants,
    session_listed.participants_kind,
    session_listed.place
from session_listed
left join coverage_hazard on session_listed.hazard = coverage_hazard.hazard
where
    session_listed.held_on <= $as_of
    and session_listed.held_year between $first_year and $last_year
    and coalesce(coverage_hazard.event_class, session_listed.event_class, '') = $event_class
    and coalesce(coverage_hazard.hazard, '') = $hazard;
