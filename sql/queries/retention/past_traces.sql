-- How many traces of visits lie before the moment of their kind: sessions, links, failures, drafts.
select
    (
        select count(*)
        from access_session
        where coalesce(ended_at, expires_at) < $sessions
    ) as sessions,
    (
        select count(*)
        from access_link
        where used_at is not null or expires_at < $links
    ) as links,
    (
        select count(*)
        from access_failure
        where failed_at < $failures and (locked_until is null or locked_until < $failures)
    ) as failures,
    (select count(*) from draft where updated_at < $drafts) as drafts;
