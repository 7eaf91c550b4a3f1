-- Take visits out that ended, or could have gone on at most, before a moment.
delete from access_session
where coalesce(ended_at, expires_at) < $before;
