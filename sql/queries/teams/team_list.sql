-- Rescue teams that exist on a day, with strength, filtered; $field is a code of team_field.
-- $search finds leaders and telephone numbers only where $with_contacts is true.
select
    id,
    name,
    kind,
    fields,
    parent_unit,
    members,
    counted_on,
    leader,
    duty_phone,
    base,
    founded_on,
    insured_until,
    verified_on,
    equipment_items,
    origin,
    updated_at
from team_fact
where
    as_of = $as_of
    and (cast($kind as varchar) is null or kind = $kind)
    and (cast($field as varchar) is null or position(',' || $field || ',' in ',' || fields || ',') > 0)
    and (
        cast($search as varchar) is null
        or position(lower($search) in lower(name || ' ' || parent_unit || ' ' || base)) > 0
        or ($with_contacts and position(lower($search) in lower(leader || ' ' || duty_phone)) > 0)
    );
