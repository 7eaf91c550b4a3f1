"""How many pages may be computed at once.

One interpreter lock is the limit: more runs at a time only make each of them slower.
"""

from __future__ import annotations

from threading import BoundedSemaphore

RUN_SLOTS = BoundedSemaphore(2)
