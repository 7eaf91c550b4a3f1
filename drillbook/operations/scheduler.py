"""What the running app does by itself: a backup every hour in which something was written, and once
a day what the office's time limits ask for.

It measures time with a clock that nobody can set. A failure is logged, and kept for the screens
(``backups.last_failure``); the next round tries again.
"""

from __future__ import annotations

import logging
import threading
import time

from drillbook.core import clock
from drillbook.core.errors import DrillbookError
from drillbook.db import backups
from drillbook.db.store import Store
from drillbook.operations import retention

LOGGER = logging.getLogger("drillbook")
EVERY = 3600.0
DAY = 24 * EVERY
ROUND = 60.0


class Maintenance:
    """The thread beside the app; ``every`` and ``round`` are seconds."""

    def __init__(self, store: Store, every: float = EVERY, round: float = ROUND) -> None:
        self.store, self.every, self.round = store, every, round
        self._last = self._tidied = time.monotonic()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="maintenance", daemon=True)

    def start(self) -> None:
        """Begin; the first copy is made at once where none reaches up to the journal."""
        self._thread.start()

    def stop(self) -> None:
        """End after the work at hand; returns when the register may be closed."""
        self._over.set()
        self._thread.join()

    def _run(self) -> None:
        self.run_backup("start")
        self.tidy()
        while not self._over.wait(self.round):
            if time.monotonic() - self._last >= self.every:
                self.run_backup("hourly")
            if time.monotonic() - self._tidied >= DAY:
                self.tidy()

    def tidy(self) -> None:
        """Take out what is past the office's time limits."""
        self._tidied = time.monotonic()
        try:
            retention.apply(self.store, clock.now())
        except Exception as error:
            LOGGER.error("Time limits were not applied: %r", error, exc_info=error)

    def run_backup(self, reason: str) -> None:
        """Make the backup that is due, if one is."""
        self._last = time.monotonic()
        try:
            if not backups.holds_records(self.store):
                return
            wanted = backups.base_is_missing if reason == "start" else backups.is_due
            if wanted(self.store):
                backups.make(self.store, reason)
        except DrillbookError as error:
            LOGGER.error("No backup: %s", error.message)
        except Exception as error:
            # A thread that ends here would end all backups with it.
            LOGGER.error("No backup: %r", error, exc_info=error)
            backups.note_failure(self.store.path, repr(error))
