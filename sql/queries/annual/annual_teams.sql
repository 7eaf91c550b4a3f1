-- Rescue teams as of a day, of one $kind when it is not null; without telephone numbers.
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
order by kind_term.position, team_fact.founded_on, team_fact.name, team_fact.id;
