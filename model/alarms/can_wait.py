"""Decision if the loss of a line wakes people on duty or can wait for the morning, by the number of lines
left. Pure.
"""

from __future__ import annotations

from collections.abc import Container, Iterable
from typing import Final

from messages.ids import Instant, LineId
from model.alarms.book import AlarmBook, Nodes
from model.alarms.kind import Wakes
from model.alarms.table import waking_of
from model.settings.lines import Modem

OF_AN_ALERT: Final = {False: 2, True: 1}
"""Lines that one alert takes: public lines for user and operator, an emergency line for 112."""


def lost_lines(book: AlarmBook, before: Instant, alive: Nodes = None) -> frozenset[LineId]:
    """Return the lines with an active alarm of loss, raised at or before this moment."""
    return frozenset(
        LineId(key[2])
        for key in book.stand(alive)
        if waking_of(key[1]) is Wakes.FEW_LEFT and book.told[key].at <= before
    )


def lines_that_can_wait(
    lines: Iterable[Modem], gone: Container[LineId], inbound_kept: int
) -> frozenset[LineId]:
    """Return the lines whose loss can wait until morning: more than half of their kind are left, and at least
    one more than the next alert needs.

    `lines`: all lines of the center; `gone`: lines that are lost or out of service; `inbound_kept`: number of
    public lines kept free for incoming calls.
    """
    found: frozenset[LineId] = frozenset()
    known = tuple(lines)
    for emergency, needed in OF_AN_ALERT.items():
        kind = [one.line for one in known if one.emergency is emergency]
        left = sum(line not in gone for line in kind)
        if left > needed + (0 if emergency else inbound_kept) and 2 * left > len(kind):
            found |= frozenset(kind)
    return found


def waking_now(name: str, subject: str, waits: Container[str]) -> Wakes:
    """Return when people on duty are notified of the alarm; `waits`: lines that can wait (`can_wait`)."""
    found = waking_of(name)
    if found is not Wakes.FEW_LEFT:
        return found
    return Wakes.MORNING if subject in waits else Wakes.AT_ONCE
