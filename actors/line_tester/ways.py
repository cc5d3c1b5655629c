"""What the two ways of a call between two lines have shown. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from actors.line_tester.decider import Trial
from media.trial.bursts import TONES_HZ
from media.trial.carried import Carried
from media.trial.way import way_of
from messages.trials import WayShown


def ways_of(trial: Trial, carried: Sequence[Carried | None]) -> tuple[WayShown, ...]:
    """From the calling line to the other, and back; `carried`: at the ports of both. A port that was not open
    has said and heard nothing, and of its ways nothing is told.
    """
    if trial.other is None or len(carried) < 2:
        return ()
    here, there = carried
    if here is None or there is None:
        return tuple(
            WayShown(speaker=one.line, listener=two.line)
            for one, two in ((trial.first, trial.other), (trial.other, trial.first))
        )
    return (
        way_of(trial.first.line, here, trial.other.line, there, TONES_HZ[0]),
        way_of(trial.other.line, there, trial.first.line, here, TONES_HZ[1]),
    )
