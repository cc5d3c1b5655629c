"""The legs that stand on operators' own voices: what an order, or a change of the voice, comes to. Pure.

A voice of an operator's own stands whether or not an alert needs it, so that a leg is answered as soon as it
is asked for, and hanging it up ends nothing: it only lets go. As towards a modem every order may come twice,
and after a restart of this side for legs that have stood on the voice all along.
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
"""A leg and its attempt."""

FORGOTTEN_US: Final = Instant(10 * SECOND)
"""A leg that has not asked for so long stands no more: it asks every second."""
LATE_US: Final = Instant(4 * SECOND)
"""A leg has given the line up by then: to answer it so late would be to answer nobody."""
_KEPT: Final = 256


class Voice(msgspec.Struct, frozen=True, kw_only=True):
    """How the voice on one line is now."""

    state: CallState = CallState.UNKNOWN
    """`answered`: it stands. Unknown as long as that has not been found out."""
    port: VoicePort | None = None
    wavering: bool = False
    """It has been away for a moment: who stands on it stays, and nobody begins to."""
    cause: int = HangupCause.NETWORK_OUT_OF_ORDER
    """Why it has gone, or is not there."""


UNKNOWN: Final = Voice()
ABSENT: Final = Voice(state=CallState.RELEASED)


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """One attempt of a leg on a line of an operator's own."""

    line: LineId
    heard_at: Instant
    state: CallState = CallState.DIALLING
    port: VoicePort | None = None
    cause: int | None = None
    adopted: bool = False
    """It stood there before a restart of this side."""

    @property
    def live(self) -> bool:
        """Whether the leg is up or coming up."""
        return self.state is not CallState.RELEASED


Legs = Mapping[Ref, Standing]
Answer = tuple[dict[Ref, Standing], tuple[CallReport, ...]]


def obey(legs: Legs, line: LineId, order: Order, voice: Voice, said_at: Instant, now_us: Instant) -> Answer:
    """Do what a leg wishes as far as it is not done, and say how it stands, once that is known."""
    ref = (order.leg, order.attempt)
    known = legs.get(ref)
    if isinstance(order, HangUpCall):
        # Also an attempt that was never heard of: a dial of its that comes later comes too late.
        ended = known if known is not None and not known.live else _ended(line, HangupCause.NORMAL, now_us)
        return _kept(legs, ref, ended), (_report(ref, ended),)
    if known is None:
        known = _begun(line, order, voice, said_at, now_us)
        if known is None:
            return dict(legs), ()
    standing, said = _follow(ref, replace(known, heard_at=now_us), voice)
    return _kept(legs, ref, standing), said or (_report(ref, standing),)


def changed(legs: Legs, line: LineId, voice: Voice) -> Answer:
    """What it means for the legs on it that the voice is as it is now."""
    after = dict(legs)
    said: list[CallReport] = []
    for ref, standing in legs.items():
        if standing.line == line and standing.live:
            after[ref], reports = _follow(ref, standing, voice)
            said += reports
    return after, tuple(said)


def moved(legs: Legs, line: LineId) -> dict[Ref, Standing]:
    """Without those that stood on this voice, which another node has now: they ask there, and nothing is said
    of it here. Should the voice come back, they are taken over.
    """
    return {ref: one for ref, one in legs.items() if one.line != line or not one.live}


def forget(legs: Legs, now_us: Instant) -> dict[Ref, Standing]:
    """Without those that nobody has asked for any more."""
    return {ref: one for ref, one in legs.items() if not one.live or now_us - one.heard_at < FORGOTTEN_US}


def stands(legs: Legs, line: LineId) -> bool:
    """Whether a leg stands on this line, or is about to."""
    return any(one.live and one.line == line for one in legs.values())


def _begun(line: LineId, order: Order, voice: Voice, said_at: Instant, now_us: Instant) -> Standing | None:
    """A leg that has not been heard of; None while there is nothing to say of it."""
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
    """The leg as the voice has it, and what is news of it."""
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
    """Never confirmed: that the voice is there does not say that the operator is."""
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
    """With this one as the newest; of those that are over the latest are kept, for orders that come again."""
    after = {other: one for other, one in legs.items() if other != ref}
    after[ref] = leg
    for other in _over(after, len(after) - _KEPT):
        del after[other]
    return after


def _over(legs: Legs, most: int) -> Iterator[Ref]:
    over = [ref for ref, one in legs.items() if not one.live]
    yield from over[: max(0, most)]
