"""The alarm that no line of the emergency trunk can carry a call, whoever may want one. Pure.

All lines of all nodes are known here. A line that is only started or plugged in again is back before it
counts as gone; that an alert waits for one is said by its AlertCase, and at once. Lines that are taken are
not an alarm of the center's: of them, too, the alert says it that cannot have one.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import msgspec

from messages.events import AlarmCleared, AlarmRaised
from messages.ids import TrunkId
from messages.journal import Recorded
from model.policy import LastResort, Policy

ALARM: Final = "psap.no_line"


class LinesFor112(msgspec.Struct, frozen=True, kw_only=True):
    """How the emergency trunk is at one moment."""

    trunk: TrunkId
    gone: bool
    """No line of it can carry a call, for certain."""
    back: bool
    """One can, for certain."""
    public: bool
    """A public line with a voice can."""


class PsapLines:
    """What stands of it."""

    def __init__(self, recorded: Iterable[Recorded]) -> None:
        """`recorded`: what the node has said since it started."""
        self._standing: dict[str, str] = {}
        for one in recorded:
            match one.event:
                case AlarmRaised(alarm=alarm, subject=subject, text=text) if alarm == ALARM:
                    self._standing[subject] = text
                case AlarmCleared(alarm=alarm, subject=subject) if alarm == ALARM:
                    self._standing.pop(subject, None)
                case _:
                    pass

    def due(self, lines: LinesFor112, policy: Policy) -> AlarmRaised | AlarmCleared | None:
        """What is to be said now."""
        trunk = lines.trunk
        if lines.back and trunk in self._standing:
            return AlarmCleared(alarm=ALARM, subject=trunk, text="A line for 112 is of use again.")
        if not lines.gone:
            return None
        resort = lines.public and policy.psap_last_resort is LastResort.PUBLIC
        then = "112 is called on a public line." if resort else "112 can be called from another phone alone."
        text = f"No line of trunk {trunk} carries calls: {then}"
        return (
            None if self._standing.get(trunk) == text else AlarmRaised(alarm=ALARM, subject=trunk, text=text)
        )

    def written(self, event: AlarmRaised | AlarmCleared) -> None:
        """It is in the journal."""
        if isinstance(event, AlarmRaised):
            self._standing[event.subject] = event.text
        else:
            self._standing.pop(event.subject, None)
