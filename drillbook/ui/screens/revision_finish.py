"""The last step of a revision: the new version it makes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import streamlit as st

from drillbook.accounts.permissions import AccessError
from drillbook.core import clock
from drillbook.core.errors import DrillbookError, StaleError, ValidationError
from drillbook.core.i18n import N_
from drillbook.core.i18n import gettext as _
from drillbook.db.store import Store
from drillbook.records import revision_finish
from drillbook.records.plans import PlanVersion
from drillbook.records.revisions import Revision
from drillbook.ui.components import form_drafts, formatting, forms, record_page
from drillbook.ui.components.forms import Form
from drillbook.ui.screens.revision_stages import stage_words
from drillbook.ui.screens.revision_status import (
    acting_user,
    back_to_board,
    leave_page,
    open_revision,
)


def show_finish(store: Store, revision: Revision) -> None:
    form = Form(f"revision:{revision.id}:finish", revision_finish.proposed(revision))
    if form.held("#opened") is None:
        form.discard()
        seen = form_drafts.resume(form) or revision.row_version
        form.set("#opened", replace(revision, row_version=seen))
    opened: Revision = form.held("#opened")
    back_to_board(revision.id, _("Back to the revision"))
    st.title(_("Finish: {name}").format(name=formatting.plain(revision.title)), anchor=False)
    st.caption(
        _(
            "The new version becomes the plan's current one, the one before is superseded, and the"
            " files of the stage “Issue” become the version's. Filing and publication may follow."
        )
    )
    if waiting := revision_finish.open_stages(revision):
        st.warning(formatting.plain(waiting["stages"]))
    form_drafts.show_restored(form)
    version = _draw_version(form, revision)
    form_drafts.remember(form, opened.row_version)
    if opened.row_version != revision.row_version:
        _show_changed(form, opened, revision)
        return
    with st.container(horizontal=True, gap="small"):
        saving = forms.save_button(_("Finish the revision"), "revision_finish_now")
        st.button(
            _("Cancel"), key="revision_finish_cancel", on_click=leave_page, args=(form, revision.id)
        )
    if saving:
        _finish(store, form, revision, version)
    if form.held("#refused"):
        problems = revision_finish.finish_problems(revision, version, clock.today())
        form.show_problems({n: said for n, said in problems.items() if n != "stages"})
        if problems:
            st.error(_("Not saved yet: please see to the fields marked in red."))


def _draw_version(form: Form, revision: Revision) -> PlanVersion:
    held = revision_finish.proposed(revision)
    first = st.columns([2, 2, 2])
    with first[0]:
        number = form.text("document_number", _("Document number"), required=True)
        filed = revision_finish.filed_number(number)
        if filed and filed != number.strip():
            st.caption(_("Filed as {number}").format(number=formatting.plain(filed)))
    with first[1]:
        issuing_unit = form.text("issuing_unit", _("Issued by"))
    with first[2]:
        supersedes = form.text("supersedes", _("Supersedes"))
    titles = {
        "documented_on": _("Date of the document"),
        "issued_on": _("Issued on"),
        "effective_on": _("In effect from"),
        "filed_on": _("Filed on"),
        "published_on": _("Published on"),
    }
    days: dict[str, Any] = {}
    for cell, (name, title) in zip(st.columns(len(titles)), titles.items(), strict=True):
        with cell:
            days[name] = form.day(name, title, required=name == "issued_on")
    return replace(
        held,
        document_number=number,
        issuing_unit=issuing_unit,
        supersedes=supersedes,
        note=form.text("note", _("Note")),
        **days,
    )


def _finish(store: Store, form: Form, revision: Revision, version: PlanVersion) -> None:
    try:
        revision_finish.finish(
            store,
            revision.id,
            version,
            actor=acting_user(),
            today=clock.today(),
            row_version=revision.row_version,
        )
    except ValidationError as error:
        form.set("#refused", error.problems)
        return
    except StaleError:
        st.rerun()
    except (AccessError, DrillbookError) as error:
        st.error(formatting.plain(error.message))
        return
    form.discard()
    record_page.say(N_("Finished: {name}"), name=revision.title)
    open_revision(revision.id)
    st.rerun()


def _show_changed(form: Form, opened: Revision, revision: Revision) -> None:
    st.warning(_("Somebody else changed this revision while you were filling this in."))
    lines = [
        (then.label, stage_words(vars(then)), stage_words(vars(now)))
        for then, now in zip(opened.stages, revision.stages, strict=True)
        if then != now
    ]
    formatting.table([_("Stage"), _("When you began"), _("Stored now")], lines)
    st.button(
        _("Go on with what is stored"),
        key="revision_go_on",
        on_click=form.set,
        args=("#opened", revision),
    )
