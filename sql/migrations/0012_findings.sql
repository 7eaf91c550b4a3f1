-- What a drill showed: evaluations of a session, the findings, and the corrective actions.
-- The grade is kept beside the score: the office's scale may change, a judgement does not.

create table session_evaluation (
    id varchar primary key,
    session_id varchar not null,
    kind varchar not null default 'self',
    evaluated_on date not null,
    evaluator varchar not null default '',
    score double precision,
    grade varchar,
    execution varchar not null default '',
    plan_soundness varchar not null default '',
    command varchar not null default '',
    response varchar not null default '',
    equipment varchar not null default '',
    advice varchar not null default '',
    conclusion varchar not null default '',
    note varchar not null default '',
    origin varchar not null default 'entered',
    row_version integer not null default 1,
    created_at timestamp not null,
    updated_at timestamp not null,
    voided_at timestamp,
    void_reason varchar not null default '',
    check (kind in ('self', 'superior', 'third_party')),
    check (score is null or (score >= 0 and score <= 100))
);

create table finding (
    id varchar primary key,
    session_id varchar not null,
    position integer not null default 0,
    text varchar not null,
    kind varchar not null default 'other',
    severity varchar not null default 'minor',
    plan_id varchar,
    plan_revision_id varchar,
    status varchar not null default 'open',
    closed_on date,
    note varchar not null default '',
    origin varchar not null default 'entered',
    row_version integer not null default 1,
    created_at timestamp not null,
    updated_at timestamp not null,
    voided_at timestamp,
    void_reason varchar not null default '',
    check (severity in ('minor', 'moderate', 'major')),
    check (status in ('open', 'in_revision', 'closed'))
);

create table corrective_action (
    id varchar primary key,
    finding_id varchar not null,
    text varchar not null,
    owner_unit_id varchar not null,
    due_on date not null,
    done_on date,
    evidence varchar not null default '',
    verified_by varchar not null default '',
    verified_on date,
    note varchar not null default '',
    origin varchar not null default 'entered',
    row_version integer not null default 1,
    created_at timestamp not null,
    updated_at timestamp not null,
    voided_at timestamp,
    void_reason varchar not null default '',
    check (verified_on is null or done_on is not null)
);
