"""Events as the journal gives them back, for who folds them without one."""

from __future__ import annotations

from messages.events import Event
from messages.ids import SECOND, Instant, NodeId
from messages.journal import Recorded


def recorded(
    event: Event, number: int = 1, at_us: int = 0, *, stream: str = "s", version: int = 0, node: str = "n"
) -> Recorded:
    """One of this number; without a version of its own that is its place in its stream, too."""
    return Recorded(
        seq=number,
        stream=stream,
        version=version or number,
        at_us=Instant(at_us),
        node=NodeId(node),
        epoch=0,
        event=event,
    )


def story(*told: tuple[float, Event], stream: str = "s", node: str = "n") -> list[Recorded]:
    """One stream's events, each at so many seconds."""
    return [
        recorded(event, number, round(at_s * SECOND), stream=stream, node=node)
        for number, (at_s, event) in enumerate(told, 1)
    ]
