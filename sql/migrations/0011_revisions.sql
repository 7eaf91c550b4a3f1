-- Revisions run through stages; one that is finished names the version it brought.
-- A revision stays a line of its plan; its stages are lines of the revision. Where a revision was
-- taken out of its plan, its stages stay and are shown nowhere, so that putting it back brings them.

create table revision_stage (
    id varchar primary key,
    revision_id varchar not null,
    stage varchar not null,
    position integer not null,
    planned_on date,
    -- Also the day on which a stage was skipped.
    done_on date,
    is_skipped boolean not null default false,
    done_by varchar not null default '',
    note varchar not null default '',
    unique (revision_id, stage)
);

alter table plan_version add column superseded_on date;

alter table plan_revision add column finished_version_id varchar;
alter table plan_revision add column is_abandoned boolean default false;
alter table plan_revision add column end_reason varchar default '';
alter table plan_revision add column row_version integer default 1;
alter table plan_revision add column updated_at timestamp;

-- Which stage of a revision a file belongs to.
alter table attachment add column stage varchar default '';
