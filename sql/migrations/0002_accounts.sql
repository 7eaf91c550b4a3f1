-- Who may enter, who is inside, and an audit trail in which no line can be changed unseen.
-- Passwords, sessions and links are kept as hashes; none of these tables is part of an export.

create table account (
    id varchar primary key,
    login varchar not null unique,
    name varchar not null,
    role varchar not null,
    unit_id varchar,
    is_disabled boolean not null default false,
    note varchar not null default '',
    origin varchar not null default 'entered',
    row_version integer not null default 1,
    created_at timestamp not null,
    updated_at timestamp not null,
    voided_at timestamp,
    void_reason varchar not null default '',
    check (role in ('viewer', 'clerk', 'lead', 'administrator'))
);

create table account_password (
    account_id varchar primary key,
    password_hash varchar not null,
    changed_at timestamp not null
);

-- How an outside identity provider names the holder of an account.
create table account_identity (
    issuer varchar not null,
    subject varchar not null,
    account_id varchar not null,
    primary key (issuer, subject)
);

-- One browser that entered; the id is the hash of what its cookie holds. No account: sample mode.
create table access_session (
    id varchar primary key,
    account_id varchar,
    address varchar not null default '',
    started_at timestamp not null,
    seen_at timestamp not null,
    expires_at timestamp not null,
    ended_at timestamp
);

-- A one-time link to set a password; the id is the hash of what the link holds.
create table access_link (
    id varchar primary key,
    account_id varchar not null,
    expires_at timestamp not null,
    used_at timestamp
);

-- Failed attempts to sign in, by login and by address, with the delay they have earned.
create table access_failure (
    subject varchar primary key,
    failures integer not null,
    failed_at timestamp not null,
    locked_until timestamp
);

-- What cookies are signed with; made at the first start.
create table access_secret (
    name varchar primary key,
    value varchar not null
);

-- The chain of the audit trail: every line holds the hash of the one before it.
alter table audit_event add column position bigint default 0;
alter table audit_event add column account_id varchar default '';
alter table audit_event add column address varchar default '';
alter table audit_event add column content_hash varchar default '';
alter table audit_event add column chain_hash varchar default '';
-- When personal data in the line was blanked; its hash stays, so that the chain still holds.
alter table audit_event add column redacted_at timestamp;

create table audit_head (
    id integer primary key,
    position bigint not null,
    chain_hash varchar not null
);
