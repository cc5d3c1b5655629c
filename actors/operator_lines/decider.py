"""Legs on operators' own voices: the effect of an order, or of a change of the voice. Pure.

An operator's own voice is up independent of any alert. A leg is therefore answered as soon as it is ordered,
and a hang-up ends only the leg. As with a modem, every order may be repeated; after a restart, orders arrive
for legs that have been on the voice all along.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

import msgspec
from msgspec.structs import replace

from messages.base import HangupCause, VoicePort
from messages.calls import AnswerCall, AttachCall, CallReport, CallState, DialCall, HangUpCall
from messages.ids import SECOND, Instant, LegId, LineId

Order = DialCall | AnswerCall | AttachCall | HangUpCall
Ref = tuple[LegId, int]
"""Leg and its attempt."""

FORGOTTEN_US: Final = Instant(10 * SECOND)
"""Time without an order after which a leg is dropped, in microseconds; a leg sends one every second."""
LATE_US: Final = Instant(4 * SECOND)
"""Age at which a dial is too late, in microseconds: the leg has abandoned the line by then."""
_KEPT: Final = 256


class Voice(msgspec.Struct, frozen=True, kw_only=True):
    """State of the voice on one line."""

    state: CallState = CallState.UNKNOWN
    """`answered` if the voice is up; unknown until determined."""
    port: VoicePort | None = None
    wavering: bool = False
    """True if the voice is briefly away: legs on it stay, and no leg joins."""
    cause: int = HangupCause.NETWORK_OUT_OF_ORDER
    """Q.850 cause of the missing voice."""


UNKNOWN: Final = Voice()
ABSENT: Final = Voice(state=CallState.RELEASED)


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """Attempt of a leg on an operator's own line."""

    line: LineId
    heard_at: Instant
    state: CallState = CallState.DIALLING
    port: VoicePort | None = None
    cause: int | None = None
    adopted: bool = False
    """True if the leg was on the voice before a restart of this process."""

    @property
    def live(self) -> bool:
        """True if the leg is up or coming up."""
        return self.state is not CallState.RELEASED


Legs = Mapping[Ref, Standing]
Answer = tuple[dict[Ref, Standing], tuple[CallReport, ...]]


def obey(legs: Legs, line: LineId, order: Order, voice: Voice, said_at: Instant, now_us: Instant) -> Answer:
    """Carry out an order of a leg, and report the leg's state once known."""
    ref = (order.leg, order.attempt)
    known = legs.get(ref)
    if isinstance(order, HangUpCall):
        # Also for an unknown attempt: a dial that arrives later is too late.
        ended = known if known is not None and not known.live else _ended(line, HangupCause.NORMAL, now_us)
        return _kept(legs, ref, ended), (_report(ref, ended),)
    if known is None:
        known = _begun(line, order, voice, said_at, now_us)
        if known is None:
            return dict(legs), ()
    standing, said = _follow(ref, replace(known, heard_at=now_us), voice)
    return _kept(legs, ref, standing), said or (_report(ref, standing),)


def changed(legs: Legs, line: LineId, voice: Voice) -> Answer:
    """Return the legs on the line after a change of the voice, with their reports."""
    after = dict(legs)
    said: list[CallReport] = []
    for ref, standing in legs.items():
        if standing.line == line and standing.live:
            after[ref], reports = _follow(ref, standing, voice)
            said += reports
    return after, tuple(said)


def moved(legs: Legs, line: LineId) -> dict[Ref, Standing]:
    """Return the legs without those on this voice, which has moved to another node.

    Their orders go to that node, and no report is made here. If the voice returns, the legs are taken over.
    """
    return {ref: one for ref, one in legs.items() if one.line != line or not one.live}


def forget(legs: Legs, now_us: Instant) -> dict[Ref, Standing]:
    """Return the legs without those that have received no order for `FORGOTTEN_US`."""
    return {ref: one for ref, one in legs.items() if not one.live or now_us - one.heard_at < FORGOTTEN_US}


def stands(legs: Legs, line: LineId) -> bool:
    """Return True if a leg is on this line, or is coming up."""
    return any(one.live and one.line == line for one in legs.values())


def _begun(line: LineId, order: Order, voice: Voice, said_at: Instant, now_us: Instant) -> Standing | None:
    """Return the state of a new leg; None while the voice is unknown, or if the dial is too late."""
    if voice.state is CallState.UNKNOWN:
        return None
    if isinstance(order, DialCall):
        if now_us - said_at > LATE_US:
            return None
        return _ended(line, voice.cause, now_us) if voice.wavering else Standing(line=line, heard_at=now_us)
    if voice.state is CallState.RELEASED:
        return _ended(line, HangupCause.LINE_LOST, now_us)
    rung = CallState.DIALLING if voice.state is CallState.DIALLING else CallState.RINGING
    return Standing(line=line, heard_at=now_us, state=rung, adopted=True)


def _follow(ref: Ref, leg: Standing, voice: Voice) -> tuple[Standing, tuple[CallReport, ...]]:
    """Return the leg after a change of the voice, and the reports that are due."""
    if not leg.live:
        return leg, ()
    reached: list[Standing] = []
    match voice.state:
        case CallState.RINGING if leg.state is CallState.DIALLING:
            reached = [replace(leg, state=CallState.RINGING)]
        case CallState.ANSWERED if leg.state is not CallState.ANSWERED or leg.port != voice.port:
            ringing = replace(leg, state=CallState.RINGING)
            answered = replace(leg, state=CallState.ANSWERED, port=voice.port)
            reached = [ringing, answered] if leg.state is CallState.DIALLING else [answered]
        case CallState.RELEASED:
            reached = [replace(leg, state=CallState.RELEASED, port=None, cause=voice.cause)]
        case _:
            pass
    return (reached[-1] if reached else leg), tuple(_report(ref, one) for one in reached)


def _ended(line: LineId, cause: int, now_us: Instant) -> Standing:
    return Standing(line=line, heard_at=now_us, state=CallState.RELEASED, cause=cause)


def _report(ref: Ref, leg: Standing) -> CallReport:
    """Return the report of a leg, never confirmed: a present voice does not prove a present operator."""
    return CallReport(
        leg=ref[0],
        attempt=ref[1],
        line=leg.line,
        state=leg.state,
        cause=leg.cause,
        voice=leg.port,
        confirmed=False,
        adopted=leg.adopted,
    )


def _kept(legs: Legs, ref: Ref, leg: Standing) -> dict[Ref, Standing]:
    """Return the legs with this one as the newest; only the latest ended legs are kept, for repeated
    orders.
    """
    after = {other: one for other, one in legs.items() if other != ref}
    after[ref] = leg
    for other in _over(after, len(after) - _KEPT):
        del after[other]
    return after


def _over(legs: Legs, most: int) -> Iterator[Ref]:
    over = [ref for ref, one in legs.items() if not one.live]
    yield from over[: max(0, most)]
