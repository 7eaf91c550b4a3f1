-- Live records that point at a voided one. What is part of a voided record counts as voided too.
with final as (
    select 'plan' as subject_type, plan.id, plan.title as label
    from plan
    inner join unit as named on plan.lead_unit_id = named.id
    where
        named.voided_at is not null
        and plan.voided_at is null
    union
    select 'plan', plan.id, plan.title
    from plan_revision
    inner join plan on plan_revision.plan_id = plan.id
    inner join unit as named on plan_revision.owner_unit_id = named.id
    where
        named.voided_at is not null
        and plan.voided_at is null
    union
    select 'planned_drill', planned_drill.id, planned_drill.name
    from planned_drill
    inner join programme as named on planned_drill.programme_id = named.id
    where
        named.voided_at is not null
        and planned_drill.voided_at is null
    union
    select 'planned_drill', planned_drill.id, planned_drill.name
    from planned_drill
    inner join plan as named on planned_drill.plan_id = named.id
    where
        named.voided_at is not null
        and planned_drill.voided_at is null
    union
    select 'planned_drill', planned_drill.id, planned_drill.name
    from planned_drill_unit
    inner join planned_drill on planned_drill_unit.planned_drill_id = planned_drill.id
    inner join unit as named on planned_drill_unit.unit_id = named.id
    where
        named.voided_at is not null
        and planned_drill.voided_at is null
    union
    select 'drill_session', drill_session.id, drill_session.name
    from drill_session
    inner join planned_drill as named on drill_session.planned_drill_id = named.id
    where
        named.voided_at is not null
        and drill_session.voided_at is null
    union
    select 'drill_session', drill_session.id, drill_session.name
    from drill_session
    inner join plan as named on drill_session.plan_id = named.id
    where
        named.voided_at is not null
        and drill_session.voided_at is null
    union
    select 'drill_session', drill_session.id, drill_session.name
    from session_unit
    inner join drill_session on session_unit.session_id = drill_session.id
    inner join unit as named on session_unit.unit_id = named.id
    where
        named.voided_at is not null
        and drill_session.voided_at is null
    union
    select 'drill_session', drill_session.id, drill_session.name
    from session_team
    inner join drill_session on session_team.session_id = drill_session.id
    inner join team as named on session_team.team_id = named.id
    where
        named.voided_at is not null
        and drill_session.voided_at is null
    union
    select 'team', team.id, team.name
    from team
    inner join unit as named on team.parent_unit_id = named.id
    where
        named.voided_at is not null
        and team.voided_at is null
    union
    select 'finding', finding.id, finding.text
    from finding
    inner join drill_session on finding.session_id = drill_session.id
    inner join plan as named on finding.plan_id = named.id
    where
        named.voided_at is not null
        and finding.voided_at is null
        and drill_session.voided_at is null
    union
    select 'corrective_action', corrective_action.id, corrective_action.text
    from corrective_action
    inner join finding on corrective_action.finding_id = finding.id
    inner join drill_session on finding.session_id = drill_session.id
    inner join unit as named on corrective_action.owner_unit_id = named.id
    where
        named.voided_at is not null
        and corrective_action.voided_at is null
        and finding.voided_at is null
        and drill_session.voided_at is null
    union
    select 'mechanism', mechanism.id, mechanism.title
    from mechanism_member
    inner join mechanism on mechanism_member.mechanism_id = mechanism.id
    inner join unit as named on mechanism_member.unit_id = named.id
    where
        named.voided_at is not null
        and mechanism.voided_at is null
    union
    select 'meeting', meeting.id, meeting.title
    from meeting
    inner join mechanism as named on meeting.mechanism_id = named.id
    where
        named.voided_at is not null
        and meeting.voided_at is null
    union
    select 'decision', decision.id, decision.text
    from decision
    inner join meeting as named on decision.meeting_id = named.id
    where
        named.voided_at is not null
        and decision.voided_at is null
    union
    select 'decision', decision.id, decision.text
    from decision
    inner join unit as named on decision.owner_unit_id = named.id
    where
        named.voided_at is not null
        and decision.voided_at is null
    union
    select 'account', account.id, account.name
    from account
    inner join unit as named on account.unit_id = named.id
    where
        named.voided_at is not null
        and account.voided_at is null
)

select * from final
order by subject_type, label, id;
