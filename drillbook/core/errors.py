"""The errors a user may see: one sentence that says what is wrong and what to do."""

from __future__ import annotations

Problems = dict[str, str]
"""Field name → one sentence in the user's language."""


class DrillbookError(Exception):
    """Something the user can act on; ``str()`` of it is the sentence to show."""

    def __init__(self, message: str, title: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.title = title


class ValidationError(DrillbookError):
    """Input that cannot be saved; ``problems`` names every field at once."""

    def __init__(self, problems: Problems) -> None:
        super().__init__("\n".join(problems.values()))
        self.problems = problems


class StaleError(DrillbookError):
    """Somebody else saved the record first; ``stored`` is what the register holds now."""

    def __init__(self, message: str, stored: dict[str, object]) -> None:
        super().__init__(message)
        self.stored = stored


class InUseError(DrillbookError):
    """Another process holds the register."""
