-- Rescue teams by kind as of a day, with their members and how many teams were never counted.
with teams as (
    select
        kind as code,
        count(*) as teams,
        cast(sum(coalesce(members, 0)) as bigint) as members,
        cast(sum(case when members is null then 1 else 0 end) as bigint) as members_unknown
    from team_fact
    where as_of = $as_of
    group by kind
),

final as (
    select
        vocabulary_label.code,
        vocabulary_label.label,
        vocabulary_label.position,
        coalesce(teams.teams, 0) as teams,
        coalesce(teams.members, 0) as members,
        coalesce(teams.members_unknown, 0) as members_unknown
    from vocabulary_label
    left join teams on vocabulary_label.code = teams.code
    where vocabulary_label.kind = 'team_kind' and vocabulary_label.language = $language
)

select * from final order by position;
