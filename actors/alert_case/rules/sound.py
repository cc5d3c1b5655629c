"""A leg that is up and carries no sound: said once when it begins, and once when it is over. Pure.

Nothing is done about it by itself: whether the line is broken, or somebody holds a hand over the
microphone, only a person can tell. The operator is offered another line (`model.rules.calls.sound`).
"""

from __future__ import annotations

from typing import Final

from actors.alert_case.pending import Decided, PendingOffers, Step
from messages import events as ev
from messages.ids import SECOND, Instant, OperatorLine, Party
from model.alert.case import Case
from model.alert.leg import Leg
from model.rules.calls.own_line import mode_of
from model.rules.calls.sound import SOUGHT
from model.settings import Settings


def watch_sound(case: Case, pending: PendingOffers, _settings: Settings, now_us: Instant) -> Step:
    """What the bridge has heard of each leg, or not, against what stands in the journal."""
    made: list[Decided] = []
    wakes: list[Instant] = []
    for leg in case.legs.values():
        if not is_judged(leg):
            continue
        if leg.no_sound_at is None:
            if leg.joined:
                made += lost(leg) if leg.leg in pending.sounds.silent else ()
            elif (lost_at := pending.sounds.lost_at(leg)) is not None:
                if now_us >= lost_at:
                    made += lost(leg)
                else:
                    wakes.append(lost_at)
        elif leg.joined and (since := pending.sounds.heard_since.get(leg.leg)) is not None:
            back_at = Instant(since + BACK_AFTER_US)
            if now_us >= back_at:
                made += (ev.LegSoundBack(leg=leg.leg, attempt=leg.attempt), over(leg))
            else:
                wakes.append(back_at)
    return Step(events=tuple(made), wake_at=min(wakes, default=None))


ALARM: Final = "leg.no_sound"
BACK_AFTER_US: Final = Instant(SECOND)
"""A click or a crackle is not sound come back."""

_WHO: Final = {Party.USER: "the user", Party.PSAP: "112", Party.OPERATOR: "the operator"}


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
