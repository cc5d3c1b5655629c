"""Meaning of answers, times of retries, and the alarm about a target that fails. Pure.

`features.psap_data.due` decides which messages are pending.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import msgspec
from msgspec.structs import replace

from features.psap_data.due import PendingData
from messages.ids import SECOND, AlertId, Instant
from model.alarms.active import Key

FIRST_US: Final = SECOND
LONGEST_US: Final = 60 * SECOND
"""Longest pause between two attempts; the pause doubles each time."""
AWAY_US: Final = Instant(60 * SECOND)
"""Time for which a target may fail before an alarm is raised."""
AWAY: Final = "data.away"
REFUSED: Final = "data.refused"


RECEIPT_MAX: Final = 200
"""Characters kept of a receipt."""
_LATER: Final = frozenset({408, 425, 429})
"""Client errors (RFC 9110, 15.5) that are temporary."""


class Received(msgspec.Struct, frozen=True, kw_only=True):
    """The message was accepted."""

    receipt: str


class Refused(msgspec.Struct, frozen=True, kw_only=True):
    """The message will never be accepted as it is."""

    status: int
    reason: str


class DeliveryUncertain(msgspec.Struct, frozen=True, kw_only=True):
    """The message may have arrived or not, and is sent again."""

    reason: str


Outcome = Received | Refused | DeliveryUncertain


def outcome(status: int, said: bytes, name: str) -> Outcome:
    """Return the meaning of an answer."""
    words = one_line(said)
    if 200 <= status < 300:
        return Received(receipt=words or name)
    if status >= 500 or status in _LATER:
        return DeliveryUncertain(reason=f"answers {status}")
    return Refused(status=status, reason=words)


def one_line(said: bytes) -> str:
    """Return the printable part of an answer as one line."""
    text = said.decode("utf-8", errors="replace")
    line = " ".join("".join(one if one.isprintable() else " " for one in text).split())
    return line[:RECEIPT_MAX]


class RetryState(msgspec.Struct, frozen=True, kw_only=True):
    """State of delivery to one target: during a pause no message is sent to the target."""

    failures: int = 0
    next_at: Instant = Instant(0)
    since: Instant | None = None
    """Time since which the target fails or is silent; None while it works."""
    why: str = ""
    busy: AlertId | None = None
    """Alert of the message being sent now."""
    failed_at: dict[AlertId, Instant] = {}
    """Time of the last failure, by alert."""


def begun(tries: RetryState, alert: AlertId, now_us: Instant) -> RetryState:
    """Record that a message is being sent."""
    return replace(tries, busy=alert, since=tries.since or now_us)


def taken(tries: RetryState, alert: AlertId) -> RetryState:
    """Record an answer of the target, accepting or refusing."""
    return RetryState(failed_at={one: at for one, at in tries.failed_at.items() if one != alert})


def failed(tries: RetryState, why: str, now_us: Instant) -> RetryState:
    """Record a failure, or an answer that asks for a later retry."""
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


def first(due: Mapping[AlertId, PendingData], tries: RetryState) -> PendingData | None:
    """Return the message to be sent first. Alerts without a failure, or with the oldest one, come first, so
    that a message that always fails blocks no other. Then come alerts of which the target has no message yet,
    then the oldest.
    """

    def turn(one: PendingData) -> tuple[Instant, bool, Instant, AlertId]:
        alert = one.alert.alert
        return tries.failed_at.get(alert, Instant(0)), bool(one.after), one.at, alert

    return min(due.values(), key=turn, default=None)


def away(target: str, tries: RetryState, now_us: Instant) -> dict[Key, str]:
    """Return the alarm of the target: with a text if due, empty if all is well, nothing if undecided."""
    if tries.since is None:
        return {(AWAY, target): ""}
    if now_us - tries.since < AWAY_US:
        return {}
    why = f"{target} accepts no data of alerts ({tries.why or 'no answer'}); the center retries."
    return {(AWAY, target): why}
