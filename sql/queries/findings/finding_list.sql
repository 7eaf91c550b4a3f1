-- The findings as they stood on a day, filtered; an empty filter lets everything through.
-- $standing is open, late or closed; late findings are open too. $unit owns an action or hosted the
-- drill; $bound_unit_id leaves only the drills that unit takes part in. $year is that of the drill.
select
    id,
    session_id,
    session_name,
    held_on,
    held_on_precision,
    hosts,
    position,
    text,
    kind,
    severity,
    status,
    standing,
    plan_id,
    plan_title,
    plan_revision_id,
    actions,
    open_actions,
    late_actions,
    next_due_on,
    age_days,
    closed_on,
    revise_by,
    origin,
    updated_at
from finding_fact
where
    as_of = $as_of
    and (cast($year as integer) is null or held_year = $year)
    and (
        cast($standing as varchar) is null
        or standing = $standing
        or ($standing = 'open' and standing = 'late')
    )
    and (cast($kind as varchar) is null or kind = $kind)
    and (cast($severity as varchar) is null or severity = $severity)
    and (cast($session_id as varchar) is null or session_id = $session_id)
    and (cast($plan_id as varchar) is null or plan_id = $plan_id)
    and (
        cast($unit as varchar) is null
        or exists (
            select 1
            from corrective_action
            where
                corrective_action.finding_id = finding_fact.id
                and corrective_action.voided_at is null
                and corrective_action.owner_unit_id = $unit
        )
        or exists (
            select 1
            from session_host
            where session_host.session_id = finding_fact.session_id and session_host.unit_id = $unit
        )
    )
    and (
        cast($bound_unit_id as varchar) is null
        or exists (
            select 1
            from session_unit
            where
                session_unit.session_id = finding_fact.session_id
                and session_unit.unit_id = $bound_unit_id
        )
    )
    and (
        cast($search as varchar) is null
        or position(lower($search) in lower(text || ' ' || session_name || ' ' || plan_title)) > 0
    );
