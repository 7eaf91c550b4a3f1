"""The official sentence on the screen "annual statistics", and what the office decides about it."""

from __future__ import annotations

import dataclasses

import streamlit as st

from drillbook.accounts.permissions import WRITES
from drillbook.core.errors import ValidationError
from drillbook.core.i18n import LANGUAGES, N_, Language, language, use_language
from drillbook.core.i18n import gettext as _
from drillbook.db.store import Store
from drillbook.records import office_settings, plans
from drillbook.records.office_settings import OfficeSettings
from drillbook.reports import official_sentence
from drillbook.reports.annual_figures import AnnualStatistics
from drillbook.reports.figures import FIGURES
from drillbook.ui.components import current_user, formatting
from drillbook.ui.screens import annual_rows

LANGUAGE_TITLES: dict[Language, str] = {"zh": N_("In Chinese"), "en": N_("In English")}
WORDING = (
    *("revision_reading", "named_plans", "person_word"),
    *("district_zh", "district_en", "office_name"),
)
"""The settings that are decided on this screen."""


def show_sentence(annual: AnnualStatistics) -> None:
    """Show the sentence in both languages to copy, and each of its numbers with its rows."""
    st.subheader(_("Official sentence"), anchor=False)
    own = language()
    for shown in sorted(LANGUAGES, key=lambda each: each != own):
        with use_language(shown):
            text = official_sentence.official(annual).text
        st.caption(_(LANGUAGE_TITLES[shown]))
        st.code(text, language=None, wrap_lines=True)
    # A plan's name and the plans' number lead to the same rows: one button for both.
    codes = dict.fromkeys(str(part.figure) for part in official_sentence.official(annual).numbers)
    with st.container(horizontal=True, gap="xsmall", key="annual_numbers"):
        st.caption(_("Rows behind:"), width="content")
        for code in codes:
            label = _("{figure}: {number}").format(
                figure=FIGURES[code].label_shown(), number=f"{annual.numbers[code]:,}"
            )
            st.button(label, key=f"annual_part_{code}", on_click=annual_rows.ask, args=(code,))


def show_settings(store: Store, annual: AnnualStatistics) -> None:
    """Show what the office has to decide about the wording, and let it decide."""
    waiting = official_sentence.official(annual).waiting
    if waiting:
        names = _(", ").join(office_settings.label(name) for name in waiting)
        st.info(_("Waiting for the office's decision: {names}.").format(names=names))
    with st.expander(_("Wording of the sentence"), key="annual_settings"):
        _show_settings_form(store, annual)


def _show_settings_form(store: Store, annual: AnnualStatistics) -> None:
    office = annual.settings
    revised = FIGURES["special_plans_under_revision"].rows(annual.view).rows(store)
    titles = {row["id"]: row["title"] for row in revised}
    kept = {i: title for i, title in plans.choices(store).items() if i in office.named_plan_ids()}
    titles = titles | kept
    with st.form("annual_wording", border=False):
        _choice("revision_reading", office_settings.REVISION_READINGS, office)
        st.multiselect(
            office_settings.label("named_plans"),
            list(titles),
            default=[plan for plan in office.named_plan_ids() if plan in titles],
            format_func=lambda plan: titles.get(plan, plan),
            placeholder=_("The first three"),
            select_all=False,
            key="annual_named_plans",
        )
        _choice("person_word", office_settings.PERSON_WORDS, office)
        st.caption(
            _("The figure adds up sessions, so one person may count several times; the report calls"
              " it participants.")
        )  # fmt: skip
        with st.container(horizontal=True):
            for name in ("district_zh", "district_en"):
                code: Language = "zh" if name.endswith("zh") else "en"
                with use_language(code):
                    default = _("the whole district")
                st.text_input(
                    office_settings.label(name),
                    value=getattr(office, name),
                    placeholder=default,
                    max_chars=60,
                    key=f"annual_{name}",
                )
        st.text_input(
            office_settings.label("office_name"),
            value=office.office_name,
            max_chars=60,
            key="annual_office_name",
        )
        st.form_submit_button(
            _("Save the decisions"), key="annual_save", on_click=_save, args=(store,)
        )


def _choice(name: str, options: dict[str, str], office: OfficeSettings) -> None:
    codes = ["", *options]
    st.radio(
        office_settings.label(name),
        codes,
        index=codes.index(getattr(office, name)),
        format_func=lambda code: _(options[code]) if code else _("Not decided"),
        key=f"annual_{name}",
        horizontal=True,
    )


def _save(store: Store) -> None:
    values = {name: st.session_state[f"annual_{name}"] for name in WORDING}
    values["named_plans"] = ",".join(values["named_plans"])
    decided = dataclasses.replace(office_settings.load(store), **values)
    try:
        office_settings.save(store, decided, actor=current_user.actor(WRITES["office_setting"]))
    except ValidationError as error:
        st.toast(formatting.plain(error.message))
    else:
        st.toast(_("Saved. The sentence follows the office's decisions."))
