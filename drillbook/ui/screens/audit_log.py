"""What the office's own screens show: the results of the checks, the audit trail, time limits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from functools import lru_cache, partial
from typing import Any, cast

import streamlit as st

from drillbook.core import clock, vocabulary
from drillbook.core.i18n import N_, ngettext
from drillbook.core.i18n import gettext as _
from drillbook.db.current import current
from drillbook.db.engine import Row
from drillbook.db.store import Store
from drillbook.operations import audit_verification
from drillbook.records import office_settings
from drillbook.reports.files import delivery, xlsx
from drillbook.ui.components import current_user, formatting, list_view, navigation
from drillbook.ui.components.history import VOIDING, changes, said, told_fields
from drillbook.ui.components.list_view import Column, Filter, ListSpec
from drillbook.ui.components.record_view import Field, Names
from drillbook.ui.record_forms.registry import RECORD_VIEWS

SOURCES = {
    "app": N_("Screen"),
    "import": N_("Imported"),
    "command": N_("Command line"),
    "start": N_("Start of the app"),
    "maintenance": N_("Daily maintenance"),
}
"""By which way a change came in → its words."""
TRAIL_FILE = "drillbook-audit.csv"
TRAIL_PAGE = 5_000
LINES_CHECKED_UNASKED = 5_000
CHECKING = "audit_check_chain"
# Columns that say nothing to a reader.
UNTOLD = frozenset(
    {"id", "name_key", "title_key", "origin", "row_version", "sha256"}
    | {"created_at", "updated_at", "voided_at"}
)


# --- checks -------------------------------------------------------------------------------------


# --- the audit trail ----------------------------------------------------------------------------


@lru_cache(maxsize=4)
def _verified(store: Store, latest: str | None) -> audit_verification.Chain:
    return audit_verification.verify(store)


def show_chain(store: Store) -> None:
    """Show whether the trail is whole, and the hash of its last line, to be copied on paper.

    A long trail takes seconds to compute again; then it is done when somebody asks.
    """
    head = store.one("audit_head")
    if head is None:
        return
    if head["lines"] > LINES_CHECKED_UNASKED and not st.session_state.get(CHECKING):
        with st.container(horizontal=True, vertical_alignment="center"):
            last = audit_verification.short_hash(head["chain_hash"])
            st.caption(
                _("{lines:,} lines. Hash of the last one, to note on paper: `{head}`").format(
                    lines=head["lines"], head=last
                ),
                width="content",
            )
            st.button(_("Check that the log is whole"), key=CHECKING, type="tertiary")
        return
    _show_state(_verified(store, head["id"]))


def _show_state(chain: audit_verification.Chain) -> None:
    if not chain.is_whole:
        told = ngettext(
            "The audit log was changed or is incomplete, in {number:,} place. The data checks tell"
            " where.",
            "The audit log was changed or is incomplete, in {number:,} places. The data checks tell"
            " where.",
            chain.broken,
        )
        st.error(told.format(number=chain.broken))
        return
    st.caption(
        _(
            "The log is whole: lines {first:,} to {last:,}, each following from the one before."
            " Hash of the last one, to note on paper: `{head}`"
        ).format(first=chain.first, last=chain.last, head=chain.short_head)
    )


def parameters(chosen: dict[str, str | None]) -> dict[str, Any]:
    """Return the parameters of the audit trail's query; days are days at the office."""
    first, last = _day(chosen["from"]), _day(chosen["to"])
    return {
        "subject_type": chosen["kind"],
        "subject_id": list_view.query_param("subject"),
        "action": chosen["action"],
        "actor": chosen["person"],
        "source": chosen["source"],
        "first_at": clock.office_day_begins(first) if first else None,
        "end_at": clock.office_day_begins(last + timedelta(days=1)) if last else None,
        "search": chosen["search"],
    }


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _named(kind: str) -> dict[str, str]:
    """Return the people, or the ways in, that the trail names."""
    names = [row["name"] for row in current().query("audit_actors") if row["kind"] == kind]
    return {name: source(name) if kind == "source" else name for name in names}


def source(code: str) -> str:
    """Return by which way a change came in, in words."""
    return _(SOURCES[code]) if code in SOURCES else code


def show_message(sentence: str) -> None:
    """Show one sentence in place of a list."""
    st.info(sentence)


AUDIT = ListSpec(
    key="audit",
    query="audit_list",
    columns=(
        Column("happened_at", N_("When"), "instant", width=124),
        Column("actor", N_("Who"), width=90),
        Column("action", N_("What"), "code", "audit_action", width=80),
        Column("subject_type", N_("Kind of record"), "code", "subject_type", width=100),
        Column("subject_label", N_("Record"), width=340),
        Column("source", N_("Through"), width=80, labels=SOURCES),
        Column("address", N_("From"), width=110),
    ),
    filters=(
        Filter("kind", N_("Kind of record"), list_view.code_options("subject_type")),
        Filter("action", N_("What"), list_view.code_options("audit_action")),
        Filter("person", N_("Who"), partial(_named, "actor")),
        Filter("from", N_("From day"), is_day=True),
        Filter("to", N_("To day"), is_day=True),
        Filter("source", N_("Through"), partial(_named, "source")),
    ),
    # Not by the clock, which may jump.
    sort="position",
    descending=True,
    parameters=parameters,
    nothing_yet=lambda: show_message(_("Nothing has been written yet.")),
    search_hint=N_("Record, person, before or after"),
)

WITHOUT_NOUN: dict[str, tuple[Field, ...]] = {
    "account": (
        Field("login", N_("Login")),
        Field("name", N_("Name")),
        Field("role", N_("Role"), "code", "account_role"),
        Field("unit_id", N_("Unit"), "record"),
        Field("is_disabled", N_("Disabled"), "flag"),
        Field("note", N_("Note")),
        VOIDING,
    ),
    "attachment": (
        Field("file_name", N_("File")),
        Field("kind", N_("Kind of file"), "code", "attachment_kind"),
        Field("media_type", N_("Type")),
        Field("size_bytes", N_("Bytes"), "number"),
        Field("subject_type", N_("Kind of record"), "code", "subject_type"),
        Field("subject_id", N_("Record"), "record"),
        VOIDING,
    ),
    "register": (
        Field("file", N_("File")),
        Field("year", N_("Year")),
        Field("as_of", N_("As of"), "date"),
        Field("tables", N_("Tables")),
        Field("with_contacts", N_("With contacts"), "flag"),
        Field("public", N_("For publication"), "flag"),
        Field("lines", N_("Lines"), "number"),
    ),
    "backup": (
        Field("file", N_("File")),
        Field("kind", N_("Kind")),
        Field("size_bytes", N_("Bytes"), "number"),
        Field("records", N_("Records"), "number"),
    ),
    "audit_event": (
        Field("lines", N_("Lines taken out"), "number"),
        Field("first_at", N_("Oldest line"), "date"),
        Field("last_at", N_("Latest line"), "date"),
        Field("last_position", N_("Position of the last one"), "number"),
        Field("last_chain_hash", N_("Hash of the last one")),
    ),
}
"""Kind without a screen of its own → how its audit lines are told."""


def told_changes(event: Mapping[Any, Any], names: Names) -> list[tuple[str, str, str]]:
    """Return what a line says, in words: field, before, after."""
    kind = event["subject_type"]
    if kind in RECORD_VIEWS:
        return list(changes(RECORD_VIEWS[kind], event, names, of_new=True))
    before, after = said(event["before_json"]), said(event["after_json"])
    if kind == "office_setting":
        name = event["subject_id"]
        was, now = (
            office_settings.told(name, str(side.get("value") or "")) for side in (before, after)
        )
        return [(office_settings.label(name), formatting.text(was), formatting.text(now))]
    fields = WITHOUT_NOUN.get(kind, ())
    known = {spec.name for spec in fields}
    # What no field is known for is told under its own name rather than left out.
    others = [Field(name, name) for name in sorted({*before, *after} - known - UNTOLD)]
    return list(told_fields((*fields, *others), before, after, names))


def show_event(store: Store, event_id: str) -> None:
    """Show one line of the trail: what each field said before and after."""
    st.button(
        "← " + _("Back to the list"), key="audit_back", on_click=list_view.ask, kwargs={"id": None}
    )
    event = store.one("audit_event", id=event_id)
    if event is None:
        st.error(_("There is no such line in the audit log."))
        return
    formatting.facts(_facts(event))
    if event["redacted_at"]:
        st.caption(
            _("Personal data in this line was cleared on {day}.").format(
                day=formatting.instant(event["redacted_at"])
            )
        )
    told = told_changes(event, Names(store))
    if told:
        formatting.table([_("Field"), _("Before"), _("After")], told)
    view = RECORD_VIEWS.get(event["subject_type"])
    if view:
        query = {view.link_parameter: event["subject_id"]}
        navigation.link(view.url_path, _("Open the record"), query)


def _facts(event: Row) -> list[tuple[str, str]]:
    return [
        (_("When"), formatting.instant(event["happened_at"])),
        (_("Who"), event["actor"]),
        (_("What"), vocabulary.label("audit_action", event["action"])),
        (_("Kind of record"), vocabulary.label("subject_type", event["subject_type"])),
        (_("Record"), formatting.text(event["subject_label"])),
        (_("Through"), source(event["source"])),
        (_("From"), formatting.text(event["address"])),
        (_("Position"), f"{event['position']:,}"),
        (_("Hash"), event["chain_hash"]),
    ]


# --- the trail as a file ------------------------------------------------------------------------


def show_trail_download(store: Store) -> None:
    """Offer the lines that the filters leave as a file; taking it leaves a line too."""
    chosen = {
        name: list_view.query_param(name)
        for name in (*(f.name for f in AUDIT.filters), list_view.SEARCH)
    }
    try:
        asked = parameters(chosen)
    except ValueError:
        return
    st.download_button(
        _("Download these lines (CSV)"),
        data=current_user.deferred("audit", partial(trail_csv, store, asked)),
        file_name=TRAIL_FILE,
        mime="text/csv",
        key="audit_download",
        on_click="ignore",
    )


def trail_csv(store: Store, asked: dict[str, Any]) -> bytes:
    """Return the lines of the trail that are asked for as CSV, and leave an audit line.

    It runs when somebody presses the button, and asks then who that is and what he may read.
    """
    actor, sees_contacts = current_user.actor("audit"), current_user.may("contacts")
    names = Names(store, sees_contacts)
    rows = tuple(_trail_row(event, names) for event in _trail(store, asked))
    titles = [_("Position"), _("When"), _("Who"), _("What"), _("Kind of record"), _("Record")]
    titles += [_("Through"), _("From"), _("Before and after")]
    columns = tuple(xlsx.Column(title, 20) for title in titles)
    content = xlsx.csv_bytes(xlsx.Table("trail", "", "", columns, rows))
    filters = {name: value for name, value in asked.items() if value is not None}
    told = {"file": TRAIL_FILE, "tables": "audit_event", "lines": len(rows), **filters}
    told["with_contacts"] = sees_contacts
    delivery.audit_export(store, lambda: _("Audit log"), told, actor=actor)
    return content


def _trail(store: Store, asked: dict[str, Any]) -> Iterator[Row]:
    number = 0
    while True:
        number += 1
        page = store.page("audit_list", sort="position", number=number, size=TRAIL_PAGE, **asked)
        rows = page.rows.astype(object).where(page.rows.notna(), None)
        yield from cast("list[Row]", rows.to_dict("records"))
        if number * TRAIL_PAGE >= page.total:
            return


def _trail_row(event: Row, names: Names) -> tuple[xlsx.Cell, ...]:
    changed = [
        f"{title}: {after}" if before == formatting.EMPTY else f"{title}: {before} → {after}"
        for title, before, after in told_changes(event, names)
    ]
    return (
        int(event["position"]),
        formatting.instant(event["happened_at"]),
        event["actor"],
        vocabulary.label("audit_action", event["action"]),
        vocabulary.label("subject_type", event["subject_type"]),
        event["subject_label"],
        source(event["source"]),
        event["address"],
        "\n".join(changed),
    )


# --- time limits --------------------------------------------------------------------------------
