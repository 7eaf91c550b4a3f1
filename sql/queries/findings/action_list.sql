-- The corrective actions as they stood on a day: of one finding, one session, or one owner unit.
-- $is_open leaves those not done, $is_late those past their day.
select
    id,
    finding_id,
    finding_text,
    session_id,
    session_name,
    text,
    owner_unit_id,
    owner_unit,
    due_on,
    done_on,
    evidence,
    verified_by,
    verified_on,
    state,
    days,
    row_version
from action_fact
where
    as_of = $as_of
    and (cast($finding_id as varchar) is null or finding_id = $finding_id)
    and (cast($session_id as varchar) is null or session_id = $session_id)
    and (cast($owner_unit_id as varchar) is null or owner_unit_id = $owner_unit_id)
    and (cast($is_open as integer) is null or is_open = $is_open)
    and (cast($is_late as integer) is null or is_late = $is_late)
order by due_on, id;
