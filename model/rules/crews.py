"""Which of the alerts that wait get no crew yet. Pure.

A crew is five processes that ask for lines and operators every second. Given to each of hundreds of forged
alerts, they take the processors from the alert for which somebody speaks, and serve nobody: an alert gets no
further than there are operators and lines. So an alert that only an app key has brought waits in the journal
while a few more such alerts than there are operators have a crew, and gets one before its user is to be
called because of the deadline, operator or not.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from typing import Final

from messages.events import CommandGiven
from messages.ids import SECOND, AlertId, Instant
from model.alert.case import Case
from model.rules.proof import PROVED
from model.rules.vouching import begun, rank, vouched
from model.settings import Settings

BEYOND_SHIFT: Final = 4
"""So many alerts more than there are operators on shift are opened: whoever comes free finds one ready."""
CREW_BEFORE_US: Final = Instant(10 * SECOND)
"""So long before its user is to be called without an operator an alert gets a crew, which may have to be
started first."""


def held_back(
    waiting: Iterable[Case], served: Iterable[Case], on_shift: int, now_us: Instant, settings: Settings
) -> frozenset[AlertId]:
    """Return those of the waiting alerts, the most urgent first, that get no crew yet. `served`: the alerts
    that have one; `on_shift`: how many operators are on shift, free or not.
    """
    most = on_shift + BEYOND_SHIFT
    before = sorted((case.test, rank(case)) for case in served if not _spoken_for(case))
    held: set[AlertId] = set()
    opened = 0
    for case in waiting:
        if _spoken_for(case):
            continue
        # No alert waits because of tests, or of what comes behind it in need.
        taken = bisect_right(before, (case.test, rank(case))) + opened
        if taken >= most and _may_wait(case, now_us, settings):
            held.add(case.alert)
        else:
            opened += 1
    return frozenset(held)


def _spoken_for(case: Case) -> bool:
    """Return whether a phone has signed the alert, a test included, or somebody speaks for it."""
    return case.rank == PROVED or vouched(case)


def _may_wait(case: Case, now_us: Instant, settings: Settings) -> bool:
    """Return whether the user is not to be called soon, nothing was ordered or has begun."""
    called_at = case.deadline_at - round(settings.user.setup_time_s * SECOND)
    ordered = any(isinstance(entry.event, CommandGiven) for entry in case.unread)
    return now_us < called_at - CREW_BEFORE_US and not ordered and not begun(case)
