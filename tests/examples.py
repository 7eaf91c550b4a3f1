"""How many examples a property is tried with: few in ``make test``, many in ``make soak``."""

from __future__ import annotations

import os

IS_SOAK = os.environ.get("HYPOTHESIS_PROFILE") == "soak"


def examples(number: int) -> int:
    """Return how many examples to try; ``number`` in ``make test``."""
    return number * 20 if IS_SOAK else number
