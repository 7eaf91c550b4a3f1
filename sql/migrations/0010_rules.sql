-- Rules as data, what they measure, and the days that count as working days.

create table rule (
    id varchar primary key,
    code varchar not null,
    subject varchar not null,
    applies_to varchar not null default '',
    measure varchar not null,
    interval_count integer,
    interval_unit varchar not null default 'none',
    severity varchar not null default 'required',
    citation varchar not null default '',
    text varchar not null default '',
    effective_from date not null,
    effective_to date,
    is_text_verified boolean not null default false,
    is_switched_off boolean not null default false,
    note varchar not null default '',
    origin varchar not null default 'entered',
    row_version integer not null default 1,
    created_at timestamp not null,
    updated_at timestamp not null,
    voided_at timestamp,
    void_reason varchar not null default '',
    check (interval_unit in ('year', 'month', 'day', 'working_day', 'none')),
    check (effective_to is null or effective_to >= effective_from)
);

alter table unit add column is_public_safety boolean default false;
alter table drill_session add column reported_on date;

create table plan_assessment (
    id varchar primary key,
    plan_id varchar not null,
    assessed_on date not null,
    assessed_by varchar not null default '',
    conclusion varchar not null default ''
);

create table team_training (
    id varchar primary key,
    team_id varchar not null,
    trained_on date not null,
    topic varchar not null default ''
);

-- What the office itself did and a rule asks for: a programme or a list of teams published.
create table office_event (
    id varchar primary key,
    kind varchar not null,
    happened_on date not null,
    document varchar not null default '',
    note varchar not null default '',
    origin varchar not null default 'entered',
    row_version integer not null default 1,
    created_at timestamp not null,
    updated_at timestamp not null,
    voided_at timestamp,
    void_reason varchar not null default ''
);

-- Every day of the calendar as the library knows it, Monday to Friday where it does not; number
-- counts the working days up to it; source names library and version.
create table official_day (
    day date primary key,
    is_working boolean not null,
    is_announced boolean not null,
    number integer not null,
    source varchar not null
);

-- What the office corrects in it.
create table working_day_correction (
    id varchar primary key,
    day date not null,
    is_working boolean not null,
    reason varchar not null default '',
    origin varchar not null default 'entered',
    row_version integer not null default 1,
    created_at timestamp not null,
    updated_at timestamp not null,
    voided_at timestamp,
    void_reason varchar not null default ''
);

-- Secret address of an account's calendar feed; the id is the hash of what the address holds.
create table calendar_feed (
    id varchar primary key,
    account_id varchar not null unique,
    made_at timestamp not null
);
