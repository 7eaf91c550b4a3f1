-- Take the lines of the trail up to a position out.
delete from audit_event
where position <= $position;
