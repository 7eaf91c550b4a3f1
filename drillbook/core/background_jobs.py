"""Long work beside a screen: it goes on whatever the browser does, and says how far it is.

Streamlit may cut a script off at any time; a thread of its own is not. A job never touches the
screen.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

from drillbook.core.i18n import Language, use_language

T = TypeVar("T")
Progress = Callable[[int, int], None]


class Job(Generic[T]):
    """One piece of work in its own thread; ``work`` gets a function to report (done, total)."""

    def __init__(self, work: Callable[[Progress], T], language: Language) -> None:
        self.done, self.total = 0, 0
        self._outcome: tuple[T] | None = None
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, args=(work, language), daemon=True)
        self._thread.start()

    def _run(self, work: Callable[[Progress], T], language: Language) -> None:
        try:
            with use_language(language):
                self._outcome = (work(self._report),)
        except BaseException as error:
            # Kept for the screen, which raises it where somebody sees it.
            self._error = error

    def _report(self, done: int, total: int) -> None:
        self.done, self.total = done, total

    def share(self) -> float:
        """Return how much of the work is done, from 0 to 1."""
        return min(self.done / self.total, 1.0) if self.total else 0.0

    def is_finished(self, wait: float = 0) -> bool:
        """Say whether the work is over, waiting up to ``wait`` seconds for it."""
        self._thread.join(wait)
        return not self._thread.is_alive()

    def result(self) -> T:
        """Return what the finished work returned, or raise what it raised."""
        if self._error is not None:
            raise self._error
        if self._outcome is None:
            raise RuntimeError("the job is not finished")
        return self._outcome[0]
