-- References that lead to no record: table, column, id of the pointing row.
with reference as (
    select 'unit' as subject_type, unit_id as id, 'unit_name' as field from unit_name
    where
        unit_id is not null
        and not exists (select 1 from unit where unit.id = unit_name.unit_id)
    union all
    select 'plan', id, 'lead_unit_id' from plan
    where
        lead_unit_id is not null
        and not exists (select 1 from unit where unit.id = plan.lead_unit_id)
    union all
    select 'plan', plan_id, 'revisions' from plan_revision
    where
        owner_unit_id is not null
        and not exists (select 1 from unit where unit.id = plan_revision.owner_unit_id)
    union all
    select 'plan', plan_id, 'revisions' from plan_revision
    where
        finished_version_id is not null
        and not exists (select 1 from plan_version where plan_version.id = plan_revision.finished_version_id)
    union all
    select 'plan', plan_id, 'plan_version' from plan_version
    where
        plan_id is not null
        and not exists (select 1 from plan where plan.id = plan_version.plan_id)
    union all
    select 'plan', plan_id, 'plan_revision' from plan_revision
    where
        plan_id is not null
        and not exists (select 1 from plan where plan.id = plan_revision.plan_id)
    union all
    select 'plan', plan_id, 'plan_assessment' from plan_assessment
    where
        plan_id is not null
        and not exists (select 1 from plan where plan.id = plan_assessment.plan_id)
    union all
    select 'planned_drill', id, 'programme_id' from planned_drill
    where
        programme_id is not null
        and not exists (select 1 from programme where programme.id = planned_drill.programme_id)
    union all
    select 'planned_drill', id, 'plan_id' from planned_drill
    where
        plan_id is not null
        and not exists (select 1 from plan where plan.id = planned_drill.plan_id)
    union all
    select 'planned_drill', planned_drill_id, 'units' from planned_drill_unit
    where
        unit_id is not null
        and not exists (select 1 from unit where unit.id = planned_drill_unit.unit_id)
    union all
    select 'planned_drill', planned_drill_id, 'planned_drill_unit' from planned_drill_unit
    where
        planned_drill_id is not null
        and not exists (select 1 from planned_drill where planned_drill.id = planned_drill_unit.planned_drill_id)
    union all
    select 'drill_session', id, 'planned_drill_id' from drill_session
    where
        planned_drill_id is not null
        and not exists (select 1 from planned_drill where planned_drill.id = drill_session.planned_drill_id)
    union all
    select 'drill_session', id, 'plan_id' from drill_session
    where
        plan_id is not null
        and not exists (select 1 from plan where plan.id = drill_session.plan_id)
    union all
    select 'drill_session', session_id, 'units' from session_unit
    where
        unit_id is not null
        and not exists (select 1 from unit where unit.id = session_unit.unit_id)
    union all
    select 'drill_session', session_id, 'teams' from session_team
    where
        team_id is not null
        and not exists (select 1 from team where team.id = session_team.team_id)
    union all
    select 'drill_session', session_id, 'session_unit' from session_unit
    where
        session_id is not null
        and not exists (select 1 from drill_session where drill_session.id = session_unit.session_id)
    union all
    select 'drill_session', session_id, 'session_team' from session_team
    where
        session_id is not null
        and not exists (select 1 from drill_session where drill_session.id = session_team.session_id)
    union all
    select 'team', id, 'parent_unit_id' from team
    where
        parent_unit_id is not null
        and not exists (select 1 from unit where unit.id = team.parent_unit_id)
    union all
    select 'team', team_id, 'team_strength' from team_strength
    where
        team_id is not null
        and not exists (select 1 from team where team.id = team_strength.team_id)
    union all
    select 'team', team_id, 'team_equipment' from team_equipment
    where
        team_id is not null
        and not exists (select 1 from team where team.id = team_equipment.team_id)
    union all
    select 'team', team_id, 'team_training' from team_training
    where
        team_id is not null
        and not exists (select 1 from team where team.id = team_training.team_id)
    union all
    select 'session_evaluation', id, 'session_id' from session_evaluation
    where
        session_id is not null
        and not exists (select 1 from drill_session where drill_session.id = session_evaluation.session_id)
    union all
    select 'finding', id, 'session_id' from finding
    where
        session_id is not null
        and not exists (select 1 from drill_session where drill_session.id = finding.session_id)
    union all
    select 'finding', id, 'plan_id' from finding
    where
        plan_id is not null
        and not exists (select 1 from plan where plan.id = finding.plan_id)
    union all
    select 'finding', id, 'plan_revision_id' from finding
    where
        plan_revision_id is not null
        and not exists (select 1 from plan_revision where plan_revision.id = finding.plan_revision_id)
    union all
    select 'corrective_action', id, 'finding_id' from corrective_action
    where
        finding_id is not null
        and not exists (select 1 from finding where finding.id = corrective_action.finding_id)
    union all
    select 'corrective_action', id, 'owner_unit_id' from corrective_action
    where
        owner_unit_id is not null
        and not exists (select 1 from unit where unit.id = corrective_action.owner_unit_id)
    union all
    select 'mechanism', mechanism_id, 'members' from mechanism_member
    where
        unit_id is not null
        and not exists (select 1 from unit where unit.id = mechanism_member.unit_id)
    union all
    select 'mechanism', mechanism_id, 'mechanism_member' from mechanism_member
    where
        mechanism_id is not null
        and not exists (select 1 from mechanism where mechanism.id = mechanism_member.mechanism_id)
    union all
    select 'meeting', id, 'mechanism_id' from meeting
    where
        mechanism_id is not null
        and not exists (select 1 from mechanism where mechanism.id = meeting.mechanism_id)
    union all
    select 'decision', id, 'meeting_id' from decision
    where
        meeting_id is not null
        and not exists (select 1 from meeting where meeting.id = decision.meeting_id)
    union all
    select 'decision', id, 'owner_unit_id' from decision
    where
        owner_unit_id is not null
        and not exists (select 1 from unit where unit.id = decision.owner_unit_id)
    union all
    select 'account', id, 'unit_id' from account
    where
        unit_id is not null
        and not exists (select 1 from unit where unit.id = account.unit_id)
)

select subject_type, id, field as label from reference order by subject_type, id;
