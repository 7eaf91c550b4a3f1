-- Take failed sign-ins out that lie before a moment, unless they still lock somebody out.
delete from access_failure
where failed_at < $before and (locked_until is null or locked_until < $before);
