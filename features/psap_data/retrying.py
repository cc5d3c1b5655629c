"""What an answer means, when a message is tried again, and when a target is said to be away. Pure.

What is due is `features.psap_data.due`'s.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import msgspec
from msgspec.structs import replace

from features.psap_data.due import Owed
from messages.ids import SECOND, AlertId, Instant
from model.alarms.standing import Key

FIRST_US: Final = SECOND
LONGEST_US: Final = 60 * SECOND
"""Between two tries: each time twice as long, and no longer than this."""
AWAY_US: Final = Instant(60 * SECOND)
"""So long a target may fail before somebody is told."""
AWAY: Final = "data.away"
REFUSED: Final = "data.refused"


RECEIPT_MAX: Final = 200
"""Characters of it that are kept."""
_LATER: Final = frozenset({408, 425, 429})
"""Of the client's faults (RFC 9110, 15.5), those that go by themselves."""


class Received(msgspec.Struct, frozen=True, kw_only=True):
    """It was taken."""

    receipt: str


class Refused(msgspec.Struct, frozen=True, kw_only=True):
    """It will never be taken as it is."""

    status: int
    reason: str


class Away(msgspec.Struct, frozen=True, kw_only=True):
    """It may have come or not; to be sent again."""

    reason: str


Outcome = Received | Refused | Away


def outcome(status: int, said: bytes, name: str) -> Outcome:
    """What an answer means."""
    words = one_line(said)
    if 200 <= status < 300:
        return Received(receipt=words or name)
    if status >= 500 or status in _LATER:
        return Away(reason=f"answers {status}")
    return Refused(status=status, reason=words)


def one_line(said: bytes) -> str:
    """What can be shown of an answer."""
    text = said.decode("utf-8", errors="replace")
    line = " ".join("".join(one if one.isprintable() else " " for one in text).split())
    return line[:RECEIPT_MAX]


class Tries(msgspec.Struct, frozen=True, kw_only=True):
    """What has become of trying one target, which is one way: while it rests, nothing is tried on it."""

    failures: int = 0
    next_at: Instant = Instant(0)
    since: Instant | None = None
    """Since when it has failed, or has been silent; None: it has not."""
    why: str = ""
    busy: AlertId | None = None
    """What it is being sent something about now."""
    failed_at: dict[AlertId, Instant] = {}
    """What did not get through, and when last."""


def begun(tries: Tries, alert: AlertId, now_us: Instant) -> Tries:
    """A message is on its way."""
    return replace(tries, busy=alert, since=tries.since or now_us)


def taken(tries: Tries, alert: AlertId) -> Tries:
    """The target has answered, by yes or no."""
    return Tries(failed_at={one: at for one, at in tries.failed_at.items() if one != alert})


def failed(tries: Tries, why: str, now_us: Instant) -> Tries:
    """It has not, or by words that say: later."""
    pause_us = min(LONGEST_US, FIRST_US * 2 ** min(tries.failures, 10))
    failed_at = tries.failed_at if tries.busy is None else tries.failed_at | {tries.busy: now_us}
    return replace(
        tries,
        failures=tries.failures + 1,
        next_at=Instant(now_us + pause_us),
        why=why,
        busy=None,
        failed_at=failed_at,
    )


def first(due: Mapping[AlertId, Owed], tries: Tries) -> Owed | None:
    """Which of several alerts goes first: what has not failed, or longest ago, so that one message that is
    never taken holds up no other; then one of which the target has nothing yet, then the oldest.
    """

    def turn(one: Owed) -> tuple[Instant, bool, Instant, AlertId]:
        alert = one.alert.alert
        return tries.failed_at.get(alert, Instant(0)), bool(one.after), one.at, alert

    return min(due.values(), key=turn, default=None)


def away(target: str, tries: Tries, now_us: Instant) -> dict[Key, str]:
    """The alarm: with words where it is due, without where all is well; nothing where neither is sure."""
    if tries.since is None:
        return {(AWAY, target): ""}
    if now_us - tries.since < AWAY_US:
        return {}
    return {(AWAY, target): f"{target} takes no data of alerts ({tries.why or 'no answer'}); it is tried on."}
