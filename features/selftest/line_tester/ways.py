"""What the two ways of a call between two lines have shown. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from media.trial.bursts import TONES_HZ
from media.trial.carried import Carried
from media.trial.way import way_of
from messages.ids import LineId
from messages.trials import WayShown


def ways_of(lines: Sequence[LineId], carried: Sequence[Carried | None]) -> tuple[WayShown, ...]:
    """From the calling line to the other, and back; `carried`: at the ports of both. A port that was not open
    has said and heard nothing, and of its ways nothing is told.
    """
    if len(lines) < 2:
        return ()
    (one, two), (here, there) = lines, carried
    if here is None or there is None:
        return (WayShown(speaker=one, listener=two), WayShown(speaker=two, listener=one))
    return (way_of(one, here, two, there, TONES_HZ[0]), way_of(two, there, one, here, TONES_HZ[1]))
