"""``make catalogues`` adds what is new, drops what is gone and leaves translations alone."""

from __future__ import annotations

from tests.checks.conftest import Project
from tools.catalogues import entries
from tools.update_catalogues import update

HEADER = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n\n'
PLANS = HEADER + 'msgid "Plan"\nmsgstr "预案"\n\nmsgid "Gone"\nmsgstr "没了"\n'


def test_new_texts_wait_beside_their_siblings_and_old_ones_go(project: Project) -> None:
    root = project(
        {
            "drillbook/records/plans.py": (
                '_("Plan")\n_("New plan")\nngettext("one", "{n} plans", n)\n'
            ),
            "drillbook/records/teams.py": '_("Team")\n',
            "locale/zh_CN/plans.po": PLANS,
        }
    )
    assert update(root) == (3, 1)
    held = {entry.singular: (entry.place, entry.texts) for entry in entries(root)}
    assert held == {
        "Plan": ("locale/zh_CN/plans.po", ("预案",)),
        "New plan": ("locale/zh_CN/plans.po", ("",)),
        "one": ("locale/zh_CN/plans.po", ("",)),
        "Team": ("locale/zh_CN/register.po", ("",)),
    }


def test_nothing_is_touched_when_nothing_changed(project: Project) -> None:
    po = HEADER + 'msgid "Plan"\nmsgstr "预案"\n'
    root = project({"drillbook/records/plans.py": '_("Plan")\n', "locale/zh_CN/plans.po": po})
    assert update(root) == (0, 0)
    assert (root / "locale/zh_CN/plans.po").read_text(encoding="utf-8") == po
