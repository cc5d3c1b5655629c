"""A leg that is up and carries no sound: said once when it begins, and once when it is over. Pure.

Nothing is done about it by itself: whether the line is broken, or somebody holds a hand over the
microphone, only a person can tell. The operator is offered another line (`model.rules.calls.sound`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import msgspec

from messages import events as ev
from messages.base import Joins
from messages.bridge import BridgeReport
from messages.ids import SECOND, Instant, LegId, OperatorLine, Party
from model.alert.leg import Leg
from model.rules.calls.own_line import mode_of
from model.rules.calls.sound import SOUGHT

ALARM: Final = "leg.no_sound"
LOST_AFTER_US: Final = Instant(3 * SECOND)
"""As long as digital silence has: a port that is away for less was plugged in again, or a bridge had died."""
NEVER_AFTER_US: Final = Instant(5 * SECOND)
"""A modem that refuses a call's voice at first has mostly taken the command by then."""
BACK_AFTER_US: Final = Instant(SECOND)
"""A click or a crackle is not sound come back."""

_WHO: Final = {Party.USER: "the user", Party.PSAP: "112", Party.OPERATOR: "the operator"}


class Sounds(msgspec.Struct, frozen=True, kw_only=True):
    """What the bridge has said last; a case that starts again is told it within a second."""

    silent: frozenset[LegId] = frozenset()
    heard_since: Mapping[LegId, Instant] = {}
    """The joined legs that are not silent, and since when they are told to be so."""
    lost_since: Mapping[LegId, Instant] = {}
    """The legs whose voice port cannot be opened, or was lost, and since when."""

    def after(self, said: BridgeReport, now_us: Instant) -> Sounds:
        """With one more report."""
        silent = frozenset(said.no_sound)
        heard = {leg: self.heard_since.get(leg, now_us) for leg in said.joined if leg not in silent}
        lost = {leg: self.lost_since.get(leg, now_us) for leg in said.lost}
        return Sounds(silent=silent, heard_since=heard, lost_since=lost)

    def lost_at(self, leg: Leg) -> Instant | None:
        """When the want of its voice port has lasted, or will have; None where there is one."""
        since = self.lost_since.get(leg.leg)
        if since is None:
            if leg.voice is not None or leg.joins is not Joins.HOST or leg.answered_at is None:
                return None
            return Instant(leg.answered_at + NEVER_AFTER_US)
        # What was last said may be of the attempt before.
        return Instant(max(since, leg.answered_at or since) + LOST_AFTER_US)


def lost(leg: Leg) -> tuple[ev.LegSoundLost, ev.AlarmRaised]:
    """What is said when a leg's silence has lasted."""
    why = "its voice port is missing" if leg.voice else "its modem does not switch it on"
    why = "digital silence, or a port that takes none" if leg.joined else why
    text = f"No sound from {_WHO[leg.party]} on line {leg.line}: {why}."
    said = ev.LegSoundLost(leg=leg.leg, attempt=leg.attempt, line=leg.line)
    return said, ev.AlarmRaised(alarm=ALARM, subject=leg.leg, text=text)


def over(leg: Leg) -> ev.AlarmCleared:
    """The alarm is taken back: there is sound, or the call has ended."""
    return ev.AlarmCleared(alarm=ALARM, subject=leg.leg)


def is_judged(leg: Leg) -> bool:
    """Whether its silence means anything.

    Between two rings of a phone that is not answered there is nothing, and a browser's noise suppression
    makes zeros of a quiet room.
    """
    is_phone = mode_of(leg.line) is not OperatorLine.HEADSET
    return leg.party in SOUGHT and leg.answered and leg.confirmed and is_phone
