-- The live records that point at this one, so that it cannot be voided: subject_type, id, name.
-- What is part of a voided record counts as voided with it.
with final as (
    select 'plan' as subject_type, plan.id, plan.title as name
    from plan
    where
        $subject_type = 'unit'
        and plan.lead_unit_id = $id
        and plan.voided_at is null
    union
    select 'plan', plan.id, plan.title
    from plan_revision
    inner join plan on plan_revision.plan_id = plan.id
    where
        $subject_type = 'unit'
        and plan_revision.owner_unit_id = $id
        and plan.voided_at is null
    union
    select 'planned_drill', planned_drill.id, planned_drill.name
    from planned_drill
    where
        $subject_type = 'programme'
        and planned_drill.programme_id = $id
        and planned_drill.voided_at is null
    union
    select 'planned_drill', planned_drill.id, planned_drill.name
    from planned_drill
    where
        $subject_type = 'plan'
        and planned_drill.plan_id = $id
        and planned_drill.voided_at is null
    union
    select 'planned_drill', planned_drill.id, planned_drill.name
    from planned_drill_unit
    inner join planned_drill on planned_drill_unit.planned_drill_id = planned_drill.id
    where
        $subject_type = 'unit'
        and planned_drill_unit.unit_id = $id
        and planned_drill.voided_at is null
    union
    select 'drill_session', drill_session.id, drill_session.name
    from drill_session
    where
        $subject_type = 'planned_drill'
        and drill_session.planned_drill_id = $id
        and drill_session.voided_at is null
    union
    select 'drill_session', drill_session.id, drill_session.name
    from drill_session
    where
        $subject_type = 'plan'
        and drill_session.plan_id = $id
        and drill_session.voided_at is null
    union
    select 'drill_session', drill_session.id, drill_session.name
    from session_unit
    inner join drill_session on session_unit.session_id = drill_session.id
    where
        $subject_type = 'unit'
        and session_unit.unit_id = $id
        and drill_session.voided_at is null
    union
    select 'drill_session', drill_session.id, drill_session.name
    from session_team
    inner join drill_session on session_team.session_id = drill_session.id
    where
        $subject_type = 'team'
        and session_team.team_id = $id
        and drill_session.voided_at is null
    union
    select 'team', team.id, team.name
    from team
    where
        $subject_type = 'unit'
        and team.parent_unit_id = $id
        and team.voided_at is null
    union
    select 'finding', finding.id, finding.text
    from finding
    inner join drill_session on finding.session_id = drill_session.id
    where
        $subject_type = 'plan'
        and finding.plan_id = $id
        and finding.voided_at is null
        and drill_session.voided_at is null
    union
    select 'corrective_action', corrective_action.id, corrective_action.text
    from corrective_action
    inner join finding on corrective_action.finding_id = finding.id
    inner join drill_session on finding.session_id = drill_session.id
    where
        $subject_type = 'unit'
        and corrective_action.owner_unit_id = $id
        and corrective_action.voided_at is null
        and finding.voided_at is null
        and drill_session.voided_at is null
    union
    select 'mechanism', mechanism.id, mechanism.title
    from mechanism_member
    inner join mechanism on mechanism_member.mechanism_id = mechanism.id
    where
        $subject_type = 'unit'
        and mechanism_member.unit_id = $id
        and mechanism.voided_at is null
    union
    select 'meeting', meeting.id, meeting.title
    from meeting
    where
        $subject_type = 'mechanism'
        and meeting.mechanism_id = $id
        and meeting.voided_at is null
    union
    select 'decision', decision.id, decision.text
    from decision
    where
        $subject_type = 'meeting'
        and decision.meeting_id = $id
        and decision.voided_at is null
    union
    select 'decision', decision.id, decision.text
    from decision
    where
        $subject_type = 'unit'
        and decision.owner_unit_id = $id
        and decision.voided_at is null
    union
    select 'account', account.id, account.name
    from account
    where
        $subject_type = 'unit'
        and account.unit_id = $id
        and account.voided_at is null
)

select * from final
order by subject_type, name, id;
