-- The programme of $year, and how many sessions of its items were held outside that year by $as_of.
select
    programme.id,
    programme.title,
    programme.document_number,
    programme.approved_on,
    (
        select count(*)
        from session_fact
        where
            session_fact.programme_year = programme.year
            and session_fact.held_year <> programme.year
            and session_fact.held_on <= $as_of
    ) as sessions_in_other_years
from programme
where programme.year = $year and programme.voided_at is null;
