"""What runs after its page was drawn asks again; the check that holds it is tried on code."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.check_deferred import check
from tools.report import ROOT

WRONG = {
    "file": "st.download_button('x', data=partial(make, store))",
    "file kept first": "data = partial(make)\n    st.download_button('x', data=data)",
    "job": "Job(lambda report: 1, 'zh')",
    "who drew it": "st.button('x', on_click=save, args=(current_user.actor('log'),))",
    "who drew it, kept": "who = current_user.person()\n    st.button('x', kwargs={'who': who})",
    "what he might": "st.button('x', on_click=partial(show, current_user.may('contacts')))",
}
RIGHT = {
    "file": "st.download_button('x', data=current_user.deferred('export', make))",
    "kept first": "d = current_user.deferred('export', f)\n    st.download_button('x', data=d)",
    "job": "Job(current_user.deferred('edit', work), 'zh')",
    "asked inside": "st.button('x', on_click=lambda: save(current_user.actor('log')))",
    "shown now": "st.button('x', disabled=not current_user.may('log'), on_click=save)",
}


def found(root: Path, code: str) -> list[object]:
    place = root / "drillbook/ui"
    place.mkdir(parents=True)
    (place / "screen.py").write_text(f"def show():\n    {code}\n")
    return list(check(root))


@pytest.mark.parametrize("code", WRONG.values(), ids=WRONG)
def test_what_was_decided_when_drawn_is_found(tmp_path: Path, code: str) -> None:
    assert found(tmp_path, code)


@pytest.mark.parametrize("code", RIGHT.values(), ids=RIGHT)
def test_what_asks_when_it_runs_is_left_alone(tmp_path: Path, code: str) -> None:
    assert found(tmp_path, code) == []


def test_the_product_asks_again() -> None:
    assert list(check(ROOT)) == []
