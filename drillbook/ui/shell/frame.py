"""The frame around every page; Streamlit runs this file anew for each visitor and each click.

It settles who is there and in which language, shows what every page shares, and runs one page.
It refuses to know what a page does.
"""

from __future__ import annotations

from functools import lru_cache

import streamlit as st

from drillbook.accounts import permissions
from drillbook.accounts.permissions import AccessError, Person
from drillbook.core import i18n, vocabulary
from drillbook.core.i18n import Language
from drillbook.core.i18n import gettext as _
from drillbook.db import current
from drillbook.db.store import Store
from drillbook.ui.components import current_user, formatting, navigation, theme, uploads
from drillbook.ui.shell import sign_in_prompt
from drillbook.ui.shell.error_page import show_failure
from drillbook.ui.shell.page_guard import framed
from drillbook.ui.shell.run_limit import RUN_SLOTS

SIDEBAR_WIDTH = 216


def show_settings(language: Language, person: Person) -> None:
    """Show the language switch, who is signed in, and the way out."""
    other, label = current_user.SWITCHES[language]
    with st.sidebar.container(horizontal=True, key="frame_settings"):
        st.button(label, key="frame_language", on_click=current_user.switch_language, args=(other,))
        with st.popover(formatting.plain(person.name), key="frame_popover"):
            st.caption(vocabulary.label("account_role", person.role))
            if person.account_id:
                navigation.link("account")
            st.button(_("Sign out"), key="frame_sign_out", on_click=sign_in_prompt.sign_out)


@lru_cache(maxsize=2)
def _holds_sample(store: Store, revision: int) -> bool:
    return any(kind["sample_records"] for kind in store.query("register_size"))


def show_sample_banner(person: Person) -> None:
    """Mark every page while invented rows are in the register, or nobody had to sign in."""
    store = current.current()
    if person.is_sample:
        sentence = _(
            "Entered without an account, from this computer. Make the administrator's account with"
            " the setup link in the terminal before you record anything real."
        )
    elif _holds_sample(store, store.revision):
        sentence = _("The register holds invented rows. They can be removed on the dashboard.")
    else:
        return
    title = _("Sample data")
    st.warning(f"**{title}** · {sentence}")


def main() -> None:
    """Run one page in its frame, for somebody who is signed in."""
    i18n.set_resolver(current_user.session_language)
    language = current_user.settle_language()
    # Before anything is drawn: the sidebar keeps the width it is first drawn with.
    st.set_page_config(page_icon=theme.EMBLEM, layout="wide", initial_sidebar_state=SIDEBAR_WIDTH)
    person = current_user.holder()
    theme.show_styles()
    theme.show_language_mark(language)
    if person is None:
        sign_in_prompt.show()
        return
    with current_user.known(person):
        show_frame(person, language)


def show_frame(person: Person, language: Language) -> None:
    """Show the frame and the page the address names to ``person``."""
    page = st.navigation(navigation.by_section(person), expanded=True)
    st.set_page_config(page_title=page.title + " · " + _("Emergency drill register"))
    st.logo(theme.wordmark(_("Emergency drill register")), icon_image=theme.EMBLEM, size="large")
    show_settings(language, person)
    show_sample_banner(person)
    url_path = page.url_path or navigation.DEFAULT.url_path
    if not page.url_path and not person.may(permissions.PAGES[url_path]):
        navigation.go(navigation.first_for(person).url_path)
    try:
        with RUN_SLOTS, framed(url_path), uploads.noted(person, url_path):
            page.run()
    except AccessError as error:
        show_failure(error)


main()
