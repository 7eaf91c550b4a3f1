-- The fields of work of the teams of one $kind as of a day, those of most teams first.
with field as (
    select code, position from vocabulary where kind = 'team_field'
),

final as (
    select
        field.code,
        field.position,
        count(*) as teams
    from team_fact
    inner join field on position(',' || field.code || ',' in ',' || team_fact.fields || ',') > 0
    where team_fact.as_of = $as_of and team_fact.kind = $kind
    group by field.code, field.position
)

select code, teams from final
order by teams desc, final.position;
