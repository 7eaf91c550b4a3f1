-- Rescue teams as of a day, narrowed by what is not null; without telephone numbers.
select
    team_fact.id,
    team_fact.name,
    team_fact.kind,
    team_fact.fields,
    team_fact.parent_unit,
    team_fact.members,
    team_fact.counted_on,
    team_fact.founded_on,
    team_fact.naming_document,
    team_fact.leader,
    team_fact.base,
    team_fact.equipment_items,
    team_fact.insured_until,
    team_fact.verified_on,
    team_fact.origin
from team_fact
left join vocabulary as kind_term
    on kind_term.kind = 'team_kind' and team_fact.kind = kind_term.code
where
    team_fact.as_of = $as_of
    and (cast($kind as varchar) is null or team_fact.kind = $kind)
    and (cast($founded_from as date) is null or team_fact.founded_on >= $founded_from)
    and (cast($founded_to as date) is null or team_fact.founded_on <= $founded_to)
    and (cast($has_no_strength as integer) is null or team_fact.members is null)
order by kind_term.position, team_fact.founded_on, team_fact.name, team_fact.id;
