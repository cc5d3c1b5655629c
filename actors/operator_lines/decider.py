"""Legs on operators' own lines: the effect of an order, or of a change of the line's voice. Pure.

An own line is a standing voice connection of an operator, a headset or a nailed-up call, which is up whether
or not there is an alert. A leg on an own line is therefore answered as soon as it is ordered, and a hang-up
ends only the leg, not the connection. As with a modem, every order may be repeated; after a restart of this
process, orders arrive for legs that were on the line before.
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
"""Leg, and number of its attempt."""

FORGOTTEN_US: Final = Instant(10 * SECOND)
"""Time in microseconds without an order after which a leg is dropped; a leg sends an order each second or
two."""
LATE_US: Final = Instant(4 * SECOND)
"""Age in microseconds beyond which an order to dial is ignored: the leg has abandoned this line by then."""
_KEPT: Final = 256


class Voice(msgspec.Struct, frozen=True, kw_only=True):
    """State of the voice connection of one own line."""

    state: CallState = CallState.UNKNOWN
    """`ANSWERED`: the connection is up; `RELEASED`: absent; `UNKNOWN`: not known yet."""
    port: VoicePort | None = None
    wavering: bool = False
    """True if the connection is briefly interrupted: its legs stay, and no new leg is accepted."""
    cause: int = HangupCause.NETWORK_OUT_OF_ORDER
    """Q.850 cause for the legs if the connection is absent."""


UNKNOWN: Final = Voice()
ABSENT: Final = Voice(state=CallState.RELEASED)


class OwnLineAttempt(msgspec.Struct, frozen=True, kw_only=True):
    """Attempt of a leg on an operator's own line, and its state."""

    line: LineId
    heard_at: Instant
    state: CallState = CallState.DIALLING
    port: VoicePort | None = None
    cause: int | None = None
    adopted: bool = False
    """True if the leg was on the line before a restart of this process."""

    @property
    def live(self) -> bool:
        """True if the leg has not been released."""
        return self.state is not CallState.RELEASED


Legs = Mapping[Ref, OwnLineAttempt]
Answer = tuple[dict[Ref, OwnLineAttempt], tuple[CallReport, ...]]


def on_order(
    legs: Legs, line: LineId, order: Order, voice: Voice, said_at: Instant, now_us: Instant
) -> Answer:
    """Carry out an order of a leg. Return all legs and the reports to send; no report while the state of the
    voice is unknown, or for an order to dial that is too late. `said_at`: time at which the order was sent.
    """
    ref = (order.leg, order.attempt)
    known = legs.get(ref)
    if isinstance(order, HangUpCall):
        # Also for an unknown attempt: its order to dial may arrive later, and must then have no effect.
        ended = known if known is not None and not known.live else _ended(line, HangupCause.NORMAL, now_us)
        return _kept(legs, ref, ended), (_report(ref, ended),)
    if known is None:
        known = _begun(line, order, voice, said_at, now_us)
        if known is None:
            return dict(legs), ()
    standing, said = _follow(ref, replace(known, heard_at=now_us), voice)
    return _kept(legs, ref, standing), said or (_report(ref, standing),)


def on_voice_change(legs: Legs, line: LineId, voice: Voice) -> Answer:
    """Return all legs after a change of the line's voice, and the reports of the legs that have changed."""
    after = dict(legs)
    said: list[CallReport] = []
    for ref, standing in legs.items():
        if standing.line == line and standing.live:
            after[ref], reports = _follow(ref, standing, voice)
            said += reports
    return after, tuple(said)


def moved(legs: Legs, line: LineId) -> dict[Ref, OwnLineAttempt]:
    """Return the legs without the live legs of this line, which another node serves from now on.

    Their orders go to that node, and this node sends no report. If the line returns to this node, its legs
    are taken over again.
    """
    return {ref: one for ref, one in legs.items() if one.line != line or not one.live}


def forget(legs: Legs, now_us: Instant) -> dict[Ref, OwnLineAttempt]:
    """Return the legs without live legs that have received no order for `FORGOTTEN_US`."""
    return {ref: one for ref, one in legs.items() if not one.live or now_us - one.heard_at < FORGOTTEN_US}


def is_in_use(legs: Legs, line: LineId) -> bool:
    """Return True if a live leg is on this line."""
    return any(one.live and one.line == line for one in legs.values())


def _begun(
    line: LineId, order: Order, voice: Voice, said_at: Instant, now_us: Instant
) -> OwnLineAttempt | None:
    """Return the state of a new leg; None while the voice is unknown, or if the dial is too late."""
    if voice.state is CallState.UNKNOWN:
        return None
    if isinstance(order, DialCall):
        if now_us - said_at > LATE_US:
            return None
        return (
            _ended(line, voice.cause, now_us)
            if voice.wavering
            else OwnLineAttempt(line=line, heard_at=now_us)
        )
    if voice.state is CallState.RELEASED:
        return _ended(line, HangupCause.LINE_LOST, now_us)
    rung = CallState.DIALLING if voice.state is CallState.DIALLING else CallState.RINGING
    return OwnLineAttempt(line=line, heard_at=now_us, state=rung, adopted=True)


def _follow(ref: Ref, leg: OwnLineAttempt, voice: Voice) -> tuple[OwnLineAttempt, tuple[CallReport, ...]]:
    """Return the leg after a change of the voice, and a report of each new state."""
    if not leg.live:
        return leg, ()
    reached: list[OwnLineAttempt] = []
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


def _ended(line: LineId, cause: int, now_us: Instant) -> OwnLineAttempt:
    return OwnLineAttempt(line=line, heard_at=now_us, state=CallState.RELEASED, cause=cause)


def _report(ref: Ref, leg: OwnLineAttempt) -> CallReport:
    """Return the report of a leg. The answer is never confirmed: a voice connection does not prove that the
    operator is present.
    """
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


def _kept(legs: Legs, ref: Ref, leg: OwnLineAttempt) -> dict[Ref, OwnLineAttempt]:
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
