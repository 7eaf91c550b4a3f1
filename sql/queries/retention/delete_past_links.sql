-- Take links for signing in out that were used or expired.
delete from access_link
where used_at is not null or expires_at < $before;
