-- The register: every table that holds what the office recorded.
-- Columns common to records: id (UUIDv7 made by the application), row_version (optimistic lock),
-- origin (entered | imported | sample), created_at / updated_at (naive UTC), voided_at + void_reason
-- (a record is voided, never deleted; only the sample year is removed).

create table calendar (
    day date primary key
);

create table vocabulary (
    kind varchar not null,
    code varchar not null,
    parent varchar,
    zh varchar not null,
    en varchar not null,
    words varchar not null default '',
    position integer not null default 0,
    primary key (kind, code)
);

create table unit (
    id varchar primary key,
    name varchar not null,
    short_name varchar not null default '',
    aliases varchar not null default '',
    kind varchar not null default 'other',
    is_high_risk boolean not null default false,
    is_crowded boolean not null default false,
    contact_name varchar not null default '',
    contact_phone varchar not null default '',
    note varchar not null default '',
    origin varchar not null default 'entered',
    row_version integer not null default 1,
    created_at timestamp not null,
    updated_at timestamp not null,
    voided_at timestamp,
    void_reason varchar not null default ''
);

-- Every name a unit is known by leads to one unit: the guard against doubles and the key for imports.
create table unit_name (
    name_key varchar primary key,
    unit_id varchar not null,
    name varchar not null
);

create table plan (
    id varchar primary key,
    title varchar not null,
    title_key varchar not null,
    category varchar not null,
    document_kind varchar not null default 'plan',
    event_class varchar,
    hazard varchar,
    lead_unit_id varchar,
    lifecycle varchar not null default 'in_force',
    repealed_on date,
    note varchar not null default '',
    origin varchar not null default 'entered',
    row_version integer not null default 1,
    created_at timestamp not null,
    updated_at timestamp not null,
    voided_at timestamp,
    void_reason varchar not null default '',
    check (lifecycle in ('drafting', 'in_force', 'repealed'))
);

create table plan_version (
    id varchar primary key,
    plan_id varchar not null,
    version_number integer not null,
    document_number varchar not null default '',
    document_number_raw varchar not null default '',
    issuing_unit varchar not null default '',
    documented_on date,
    documented_on_raw varchar not null default '',
    issued_on date,
    effective_on date,
    filed_on date,
    published_on date,
    supersedes varchar not null default '',
    note varchar not null default '',
    unique (plan_id, version_number)
);

create table plan_revision (
    id varchar primary key,
    plan_id varchar not null,
    kind varchar not null default 'full',
    reason varchar not null default 'other',
    owner_unit_id varchar,
    started_on date,
    target_on date,
    completed_on date,
    note varchar not null default '',
    check (kind in ('full', 'minor'))
);

create table programme (
    id varchar primary key,
    year integer not null unique,
    title varchar not null,
    document_number varchar not null default '',
    approved_on date,
    note varchar not null default '',
    origin varchar not null default 'entered',
    row_version integer not null default 1,
    created_at timestamp not null,
    updated_at timestamp not null,
    voided_at timestamp,
    void_reason varchar not null default ''
);

create table planned_drill (
    id varchar primary key,
    programme_id varchar not null,
    number integer not null,
    name varchar not null,
    name_key varchar not null,
    event_class varchar,
    hazard varchar,
    plan_id varchar,
    form varchar,
    scope varchar,
    purpose varchar,
    due_text varchar not null default '',
    due_from date,
    due_to date,
    place varchar not null default '',
    target_sessions integer not null default 1,
    target_participants integer,
    postponed_on date,
    cancelled_on date,
    status_reason varchar not null default '',
    note varchar not null default '',
    origin varchar not null default 'entered',
    row_version integer not null default 1,
    created_at timestamp not null,
    updated_at timestamp not null,
    voided_at timestamp,
    void_reason varchar not null default '',
    check (target_sessions >= 1)
);

create table planned_drill_unit (
    id varchar primary key,
    planned_drill_id varchar not null,
    unit_id varchar not null,
    role varchar not null,
    duty varchar not null default '',
    position integer not null default 0,
    unique (planned_drill_id, unit_id, role)
);

create table drill_session (
    id varchar primary key,
    planned_drill_id varchar,
    plan_id varchar,
    name varchar not null,
    name_key varchar not null,
    event_class varchar,
    hazard varchar,
    held_on date not null,
    held_on_precision varchar not null default 'day',
    held_on_raw varchar not null default '',
    starts_at time,
    ends_at time,
    place varchar not null default '',
    form varchar,
    scope varchar,
    purpose varchar,
    is_no_notice boolean not null default false,
    participants integer,
    participants_kind varchar not null default 'exact',
    participants_raw varchar not null default '',
    observers integer,
    observers_kind varchar not null default 'exact',
    support integer,
    support_kind varchar not null default 'exact',
    summary varchar not null default '',
    weather varchar not null default '',
    status varchar not null default 'logged',
    origin varchar not null default 'entered',
    row_version integer not null default 1,
    created_at timestamp not null,
    updated_at timestamp not null,
    voided_at timestamp,
    void_reason varchar not null default '',
    check (held_on_precision in ('day', 'month')),
    check (participants is null or participants >= 0),
    check (observers is null or observers >= 0),
    check (support is null or support >= 0)
);

create table session_unit (
    id varchar primary key,
    session_id varchar not null,
    unit_id varchar not null,
    role varchar not null,
    duty varchar not null default '',
    participants integer,
    position integer not null default 0,
    unique (session_id, unit_id, role)
);

create table session_team (
    id varchar primary key,
    session_id varchar not null,
    team_id varchar not null,
    members integer,
    unique (session_id, team_id)
);

create table team (
    id varchar primary key,
    name varchar not null,
    name_key varchar not null,
    kind varchar not null,
    fields varchar not null default '',
    parent_unit_id varchar,
    founded_on date,
    dissolved_on date,
    naming_document varchar not null default '',
    base varchar not null default '',
    longitude double precision,
    latitude double precision,
    leader varchar not null default '',
    duty_phone varchar not null default '',
    insured_until date,
    verified_on date,
    note varchar not null default '',
    origin varchar not null default 'entered',
    row_version integer not null default 1,
    created_at timestamp not null,
    updated_at timestamp not null,
    voided_at timestamp,
    void_reason varchar not null default ''
);

create table team_strength (
    id varchar primary key,
    team_id varchar not null,
    counted_on date not null,
    members integer not null,
    unique (team_id, counted_on),
    check (members >= 0)
);

create table team_equipment (
    id varchar primary key,
    team_id varchar not null,
    item varchar not null,
    quantity integer not null default 1,
    unit_of_count varchar not null default '',
    next_inspection_on date,
    unique (team_id, item)
);

create table attachment (
    id varchar primary key,
    subject_type varchar not null,
    subject_id varchar not null,
    kind varchar not null default 'other',
    file_name varchar not null,
    media_type varchar not null,
    size_bytes bigint not null,
    sha256 varchar not null,
    origin varchar not null default 'entered',
    row_version integer not null default 1,
    created_at timestamp not null,
    updated_at timestamp not null,
    voided_at timestamp,
    void_reason varchar not null default ''
);

create table audit_event (
    id varchar primary key,
    happened_at timestamp not null,
    actor varchar not null,
    source varchar not null,
    action varchar not null,
    subject_type varchar not null,
    subject_id varchar not null,
    subject_label varchar not null default '',
    before_json varchar,
    after_json varchar
);

create table import_mapping (
    header_key varchar primary key,
    kind varchar not null,
    mapping_json varchar not null,
    updated_at timestamp not null
);

create table preference (
    owner varchar not null,
    name varchar not null,
    value varchar not null,
    primary key (owner, name)
);

-- A half-typed form, kept until it is saved or dropped.
create table draft (
    owner varchar not null,
    form varchar not null,
    values_json varchar not null,
    updated_at timestamp not null,
    primary key (owner, form)
);

-- What the office decides and the software never guesses, e.g. how the plans under revision are counted.
create table office_setting (
    name varchar primary key,
    value varchar not null
);
