"""Waiting alerts that get no worker yet. Pure.

A worker is five processes that request lines and operators every second. Workers for hundreds of forged
alerts would take the processors from the alert that is vouched for, and serve no one: an alert gets no
further than operators and lines allow. An alert claimed only by an app key therefore waits in the journal
while a few more such alerts than operators have a worker. It gets a worker before the deadline requires a
call to its user, with or without an operator.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from typing import Final

from messages.events import CommandGiven
from messages.ids import SECOND, AlertId, Instant
from model.alert.case import Case
from model.rules.proof import PROVED
from model.rules.vouching import has_work_begun, is_vouched, rank
from model.settings import Settings

BEYOND_SHIFT: Final = 4
"""Number of alerts opened beyond the operators on shift: an operator who becomes free finds one ready."""
WORKER_BEFORE_US: Final = Instant(10 * SECOND)
"""Time before the call to its user without an operator at which an alert gets a worker, which may first have
to start.
"""


def held_back(
    waiting: Iterable[Case], served: Iterable[Case], on_shift: int, now_us: Instant, settings: Settings
) -> frozenset[AlertId]:
    """Return the waiting alerts that get no worker yet.

    `waiting`: most urgent first; `served`: alerts with a worker; `on_shift`: number of operators on shift,
    free or not.
    """
    most = on_shift + BEYOND_SHIFT
    before = sorted((case.test, rank(case)) for case in served if not _spoken_for(case))
    held: set[AlertId] = set()
    opened = 0
    for case in waiting:
        if _spoken_for(case):
            continue
        # Tests and alerts of lower priority make no alert wait.
        taken = bisect_right(before, (case.test, rank(case))) + opened
        if taken >= most and _may_wait(case, now_us, settings):
            held.add(case.alert)
        else:
            opened += 1
    return frozenset(held)


def _spoken_for(case: Case) -> bool:
    """Return True if a phone has signed the alert, even a test, or a person vouches for it."""
    return case.rank == PROVED or is_vouched(case)


def _may_wait(case: Case, now_us: Instant, settings: Settings) -> bool:
    """Return True if the user is not to be called soon, and no order was given and no call has begun."""
    called_at = case.deadline_at - round(settings.user.setup_time_s * SECOND)
    ordered = any(isinstance(entry.event, CommandGiven) for entry in case.unread)
    return now_us < called_at - WORKER_BEFORE_US and not ordered and not has_work_begun(case)
