-- One row per rescue team that exists on a day, with its latest strength counted by then
-- (or, where none was counted yet, the first one after). Ask with as_of = $as_of.
create or replace view team_fact as
with counted as (
    select
        calendar.day as as_of,
        team_strength.team_id,
        max(case when team_strength.counted_on <= calendar.day then team_strength.counted_on end) as last_on,
        min(team_strength.counted_on) as first_on
    from calendar
    cross join team_strength
    group by calendar.day, team_strength.team_id
),

equipment as (
    select
        team_id,
        count(*) as equipment_items,
        min(next_inspection_on) as next_inspection_on
    from team_equipment
    group by team_id
),

final as (
    select
        calendar.day as as_of,
        team.id,
        team.name,
        team.name_key,
        team.kind,
        team.fields,
        team.parent_unit_id,
        coalesce(unit.name, '') as parent_unit,
        team.founded_on,
        team.dissolved_on,
        team.naming_document,
        team.base,
        team.longitude,
        team.latitude,
        team.leader,
        team.duty_phone,
        team.insured_until,
        team.verified_on,
        team_strength.members,
        team_strength.counted_on,
        coalesce(equipment.equipment_items, 0) as equipment_items,
        equipment.next_inspection_on,
        team.note,
        team.origin,
        team.row_version,
        team.updated_at
    from calendar
    cross join team
    left join unit on team.parent_unit_id = unit.id
    left join counted on team.id = counted.team_id and counted.as_of = calendar.day
    left join team_strength
        on team.id = team_strength.team_id and team_strength.counted_on = coalesce(counted.last_on, counted.first_on)
    left join equipment on team.id = equipment.team_id
    where
        team.voided_at is null
        and (team.founded_on is null or team.founded_on <= calendar.day)
        and (team.dissolved_on is null or team.dissolved_on > calendar.day)
)

select * from final;
