"""How head counts are shown: 30, 约100, 30余, unknown; and how a total is rounded.

It only words numbers. It never adds any up, and it never makes a number larger than recorded.
"""

from __future__ import annotations

from drillbook.core.i18n import gettext as _

ROUNDED_TO = 100


def rounded_down(total: int) -> int:
    """Return a total as reports give it: the full hundreds; below a hundred, the total itself."""
    return total - total % ROUNDED_TO if total >= ROUNDED_TO else total


def shown(number: int | None, kind: str = "exact") -> str:
    """Return one recorded head count in words, e.g. ``约100``; unknown when there is no number."""
    if number is None or kind == "unknown":
        return _("unknown")
    return _worded(number, kind)


def total_shown(total: int, is_inexact: bool = False) -> str:
    """Return a sum as the official sentence gives it.

    余 (over) stands only where the sum was rounded down. A sum that was not, but contains counts
    that are themselves 约, 余 or unknown, is 约 (about). Any other sum is given as it is.
    """
    rounded = rounded_down(total)
    if rounded < total:
        return _worded(rounded, "over")
    return _worded(rounded, "approximate" if is_inexact and total else "exact")


def _worded(number: int, kind: str) -> str:
    if kind == "over":
        return _("over {number:,}").format(number=number)
    if kind == "approximate":
        return _("about {number:,}").format(number=number)
    return _("{number:,}").format(number=number)
