-- Take the audit lines that have no place in the chain out, to add them with one.
delete from audit_event
where position = 0;
