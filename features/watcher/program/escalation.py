"""Who is told next because a center is silent: as centers call those on duty, by the watcher's own modem.

While that cannot phone nobody's turn is waited for: everybody is written to.
"""

from __future__ import annotations

from gateways.callouts.decider import Try, due
from messages.ids import Instant
from model.callouts.callout import Callout
from model.callouts.roster import BY_NUMBER, Roster, on_duty


def next_of(
    callout: Callout, roster: Roster, now_us: Instant, *, phones: bool, ahead_us: int = 0
) -> tuple[Try, ...]:
    """What is to be done now, besides what is being done; nothing once it is taken. The call first: the modem
    does one after the other, and a short message wakes nobody.

    `ahead_us`: how far the wall clock is ahead of `now_us`. Who is on duty goes by the wall.
    """
    if callout.taken or callout.ended_at is not None:
        return ()
    people = on_duty(roster, Instant(now_us + ahead_us))
    if phones:
        found = due(callout, people, now_us)
        return found.written if found.call is None else (found.call, *found.written)
    each = (one for person in people for one in due(callout, [person], now_us).written)
    return tuple(one for one in each if one.way not in BY_NUMBER)
