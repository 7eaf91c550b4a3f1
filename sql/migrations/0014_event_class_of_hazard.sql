-- Every hazard belongs to one event class; where only the hazard was given, it names the class.
-- A new register has no terms and no records yet; whatever is recorded from now on has both.
update plan
set event_class = (select term.parent from vocabulary as term where term.kind = 'hazard' and term.code = plan.hazard)
where event_class is null and hazard is not null;

update planned_drill
set event_class = (
    select term.parent from vocabulary as term where term.kind = 'hazard' and term.code = planned_drill.hazard
)
where event_class is null and hazard is not null;

update drill_session
set event_class = (
    select term.parent from vocabulary as term where term.kind = 'hazard' and term.code = drill_session.hazard
)
where event_class is null and hazard is not null;
