"""How an alert begins, also where its first event cannot be read. Pure."""

from __future__ import annotations

from typing import Final

from messages.events import AlertReceived
from messages.ids import CHECK, SECOND, AlertId, Channel, Check, Instant, Proof
from messages.journal import Recorded, Unreadable

_DEADLINE_US: Final = 50 * SECOND
"""After the receipt, where that cannot be read: no phone of ours waits longer (`deadline.seconds`)."""


def alert_of(recorded: Recorded) -> AlertId:
    """Whose the stream is."""
    return AlertId(recorded.stream.partition("-")[2])


def receipt(recorded: Recorded) -> AlertReceived | None:
    """What an alert began with; None for any other event. Where that cannot be read, an alert of which no
    more is known than when it came: a real one, unless its id is a check's.
    """
    match recorded.event:
        case AlertReceived() as event:
            return event
        case Unreadable(kind="alert.received"):
            at = recorded.at_us
            check = Check.ARRIVAL if alert_of(recorded).startswith(CHECK) else None
            return AlertReceived(
                channel=Channel.DATA,
                proof=Proof.APP,
                raised_at=at,
                received_at=at,
                deadline_at=Instant(at + _DEADLINE_US),
                test=check is not None,
                check=check,
            )
        case _:
            return None
