-- Coordination 联席机制: mechanisms with their members, meetings 会议, and what these decided.
create table mechanism (
    id varchar primary key,
    title varchar not null,
    title_key varchar not null,
    document_number varchar not null default '',
    document_number_raw varchar not null default '',
    issued_on date,
    kind varchar not null default 'joint_mechanism',
    note varchar not null default '',
    origin varchar not null default 'entered',
    row_version integer not null default 1,
    created_at timestamp not null,
    updated_at timestamp not null,
    voided_at timestamp,
    void_reason varchar not null default ''
);

create table mechanism_member (
    id varchar primary key,
    mechanism_id varchar not null,
    unit_id varchar not null,
    role varchar not null default 'member',
    person varchar not null default '',
    position integer not null default 0,
    unique (mechanism_id, unit_id)
);

create table meeting (
    id varchar primary key,
    mechanism_id varchar not null,
    title varchar not null,
    held_on date not null,
    agenda varchar not null default '',
    place varchar not null default '',
    note varchar not null default '',
    origin varchar not null default 'entered',
    row_version integer not null default 1,
    created_at timestamp not null,
    updated_at timestamp not null,
    voided_at timestamp,
    void_reason varchar not null default ''
);

create table decision (
    id varchar primary key,
    meeting_id varchar not null,
    position integer not null default 0,
    text varchar not null,
    owner_unit_id varchar,
    due_on date,
    done_on date,
    note varchar not null default '',
    origin varchar not null default 'entered',
    row_version integer not null default 1,
    created_at timestamp not null,
    updated_at timestamp not null,
    voided_at timestamp,
    void_reason varchar not null default ''
);
