"""The frame around every page; Streamlit runs this file anew for each visitor and each click.

It settles who is there and in which language, shows what every page shares, and runs one page.
It refuses to know what a page does.
"""

from __future__ import annotations

from functools import lru_cache

import streamlit as st

from drillbook import i18n, store
from drillbook.i18n import Language
from drillbook.i18n import gettext as _
from drillbook.ui import navigation, theme, visitor
from drillbook.ui.frame_guard import framed
from drillbook.ui.slots import RUN_SLOTS

SIDEBAR_WIDTH = 216
# A language is named in itself: who needs the switch cannot read the other one.
SWITCHES: dict[Language, tuple[Language, str]] = {"zh": ("en", "English"), "en": ("zh", "中文")}


def show_settings(language: Language) -> None:
    """Show the language switch and what the visitor may set."""
    other, label = SWITCHES[language]
    with st.sidebar.container(horizontal=True, key="frame_settings"):
        st.button(label, key="frame_language", on_click=visitor.switch_language, args=(other,))
        name = visitor.operator_name()
        with st.popover(_("Settings"), key="frame_popover"):
            st.session_state.setdefault("frame_name", name)
            st.text_input(
                _("Recorded by"),
                key="frame_name",
                max_chars=visitor.NAME_LENGTH,
                on_change=_keep_name,
                help=_("The audit log names you so. Without a name it says “Unsigned”."),
            )


def _keep_name() -> None:
    visitor.set_operator_name(st.session_state["frame_name"])


@lru_cache(maxsize=2)
def _holds_sample(register: store.Store, revision: int) -> bool:
    return any(kind["sample_records"] for kind in register.query("register_size"))


def show_sample_banner() -> None:
    """Mark every page while invented rows are in the register."""
    register = store.current()
    if _holds_sample(register, register.revision):
        sentence = _("The register holds invented rows. They can be removed on the dashboard.")
        st.warning(f"**{_('Sample data')}** · {sentence}")


def main() -> None:
    """Run one page in its frame."""
    i18n.set_resolver(visitor.session_language)
    language = visitor.settle_language()
    # Before anything is drawn: the sidebar keeps the width it is first drawn with.
    st.set_page_config(page_icon=theme.EMBLEM, layout="wide", initial_sidebar_state=SIDEBAR_WIDTH)
    page = st.navigation(navigation.by_section(), expanded=True)
    st.set_page_config(page_title=f"{page.title} · {_('Emergency drill register')}")
    st.logo(theme.wordmark(_("Emergency drill register")), icon_image=theme.EMBLEM, size="large")
    theme.show_styles()
    theme.show_language_mark(language)
    show_settings(language)
    show_sample_banner()
    with RUN_SLOTS, framed():
        page.run()


main()
