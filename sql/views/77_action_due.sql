-- What falls due: one row per corrective action that is not done, and day. Ask with
-- as_of = $as_of. The columns are those of everything that falls due.
create or replace view action_due as
select
    as_of,
    'action' as source,
    'corrective_action' as subject_type,
    id as subject_id,
    case when length(text) > 60 then substr(text, 1, 60) || '…' else text end as subject,
    '' as rule,
    state,
    due_on,
    cast(days as integer) as days,
    owner_unit_id as unit_id,
    owner_unit as unit,
    '' as citation,
    '' as text,
    true as is_verified
from action_fact
where state <> 'done';
