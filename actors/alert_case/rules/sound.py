"""Report an answered leg without sound, once when the silence begins and once when it ends. Pure.

No automatic action follows: only a person can distinguish a broken line from a covered microphone. The
operator is offered another line (`model.rules.calls.sound`).
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
    """Compare the sound that the bridge reports for each leg with the journal, and return the changes."""
    made: list[Decided] = []
    wakes: list[Instant] = []
    for leg in case.legs.values():
        if not silence_is_fault(leg):
            continue
        if leg.no_sound_at is None:
            if leg.joined:
                made += raise_silence_alarm(leg) if leg.leg in pending.sounds.silent else ()
            elif (lost_at := pending.sounds.lost_at(leg)) is not None:
                if now_us >= lost_at:
                    made += raise_silence_alarm(leg)
                else:
                    wakes.append(lost_at)
        elif leg.joined and (since := pending.sounds.heard_since.get(leg.leg)) is not None:
            back_at = Instant(since + BACK_AFTER_US)
            if now_us >= back_at:
                made += (ev.LegSoundBack(leg=leg.leg, attempt=leg.attempt), clear_silence_alarm(leg))
            else:
                wakes.append(back_at)
    return Step(events=tuple(made), wake_at=min(wakes, default=None))


ALARM: Final = "leg.no_sound"
BACK_AFTER_US: Final = Instant(SECOND)
"""Time with sound before the silence counts as over, in microseconds: a click or crackle is not enough."""

_WHO: Final = {Party.USER: "the user", Party.PSAP: "112", Party.OPERATOR: "the operator"}


def raise_silence_alarm(leg: Leg) -> tuple[ev.LegSoundLost, ev.AlarmRaised]:
    """Return the events for a leg with lasting silence."""
    why = "the voice port is missing" if leg.voice else "the modem does not switch audio on"
    why = "the voice port delivers digital silence, or accepts no audio" if leg.joined else why
    text = f"No sound from {_WHO[leg.party]} on line {leg.line}: {why}."
    said = ev.LegSoundLost(leg=leg.leg, attempt=leg.attempt, line=leg.line)
    return said, ev.AlarmRaised(alarm=ALARM, subject=leg.leg, text=text)


def clear_silence_alarm(leg: Leg) -> ev.AlarmCleared:
    """Return the event that clears the alarm: sound is back, or the call has ended."""
    return ev.AlarmCleared(alarm=ALARM, subject=leg.leg)


def silence_is_fault(leg: Leg) -> bool:
    """Return True if silence on the leg means a fault.

    A phone that still rings is silent between two rings, and a browser's noise suppression sends zeros for a
    quiet room.
    """
    is_phone = mode_of(leg.line) is not OperatorLine.HEADSET
    return leg.party in SOUGHT and leg.answered and leg.confirmed and is_phone
