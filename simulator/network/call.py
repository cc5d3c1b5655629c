"""Call as the network sees it, causes of its end (ITU-T Q.850, TS 24.008 annex H), comparison of dialled
numbers, and the interface of its parties. Independent of modems and phones.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NewType, Protocol

from simulator.network.agenda import Schedule, Timer


class Cause(enum.IntEnum):
    """Q.850 cause values."""

    UNKNOWN = 0
    """No cause is reported."""
    UNALLOCATED_NUMBER = 1
    NORMAL_CLEARING = 16
    USER_BUSY = 17
    NO_ANSWER = 19
    SUBSCRIBER_ABSENT = 20
    CALL_REJECTED = 21
    OUT_OF_ORDER = 27
    TEMPORARY_FAILURE = 41
    BEARER_NOT_AVAILABLE = 58


CAUSE_TEXTS: dict[Cause, str] = {
    Cause.UNKNOWN: "No cause information available",
    Cause.UNALLOCATED_NUMBER: "Unassigned (unallocated) number",
    Cause.NORMAL_CLEARING: "Normal call clearing",
    Cause.USER_BUSY: "User busy",
    Cause.NO_ANSWER: "User alerting, no answer",
    Cause.SUBSCRIBER_ABSENT: "Subscriber absent",
    Cause.CALL_REJECTED: "Call rejected",
    Cause.OUT_OF_ORDER: "Destination out of order",
    Cause.TEMPORARY_FAILURE: "Temporary failure",
    Cause.BEARER_NOT_AVAILABLE: "Bearer capability not presently available",
}


SHORT_CODE_LENGTH = 5
_DIALLED = re.compile(r"[^0-9+*#A-C]")


def international(dialled: str, country: str) -> str:
    """Return the uniform form of a dialled number: `+39…`, `0039…` and, with country `39`, the national
    `02…`.

    Short codes (`112`) and service codes (`*43#`) are unchanged.
    """
    number = _DIALLED.sub("", dialled.upper())
    if number.startswith("+") or "*" in number or "#" in number or len(number) <= SHORT_CODE_LENGTH:
        return number
    if number.startswith("00"):
        return "+" + number[2:]
    return f"+{country}{number}"


def luhn_digit(digits: str) -> str:
    """Return the check digit of an IMEI (TS 23.003 annex B)."""
    total = 0
    for position, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if position % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return str(-total % 10)


def made_up_imei(index: int) -> str:
    """Return the IMEI of the modem at this place in the simulation's file."""
    digits = f"35678901{index + 1:06d}"
    return digits + luhn_digit(digits)


CallId = NewType("CallId", int)


class CallState(enum.StrEnum):
    """State of a call, in the words of `GET /calls`."""

    DIALING = "dialing"
    RINGING = "ringing"
    ACTIVE = "active"
    HELD = "held"
    ENDED = "ended"


class Party(Protocol):
    """End of a call: a modem's line or a phone. The network reports events to it."""

    @property
    def number(self) -> str:
        """E.164, or a short code."""
        ...

    @property
    def line_name(self) -> str | None:
        """Name of the modem; None for a phone."""
        ...

    def call_offered(self, call: Call, now_s: float) -> None:
        """Handle an incoming call: ring (`alert`), or `release`, now or later."""
        ...

    def call_ringing(self, call: Call, now_s: float) -> None:
        """Handle the ringing of the far end of this party's own call."""
        ...

    def call_answered(self, call: Call, now_s: float) -> None:
        """Handle the answer; both ends are notified."""
        ...

    def call_ended(self, call: Call, now_s: float) -> None:
        """Handle the end of the call (`call.cause`, `call.ended_by`); both ends are notified, once."""
        ...

    def receive_voice(self, call: Call, pcm: bytes, now_s: float) -> None:
        """Receive voice from the host of the other end."""
        ...


@dataclass(eq=False, slots=True)
class Call:
    """Call, kept until the end of the simulation. Times are the driver's seconds."""

    id: CallId
    caller: Party
    to: str
    line: str | None
    started_at_s: float
    emergency: bool = False
    withheld: bool = False
    callee: Party | None = None
    state: CallState = CallState.DIALING
    ringing_at_s: float | None = None
    answered_at_s: float | None = None
    ended_at_s: float | None = None
    cause: Cause | None = None
    ended_by: Party | None = None
    transferred_to: Call | None = None
    """Other call, with a far end connected to this one's far end (explicit call transfer)."""
    digits: str = ""
    """DTMF digits sent by the modem into the call."""
    timers: list[Timer] = field(default_factory=list)

    @property
    def ended(self) -> bool:
        return self.state is CallState.ENDED

    def other(self, party: Party) -> Party | None:
        """Return the far end, seen from one end; None if the call has no other end."""
        return self.callee if party is self.caller else self.caller


@dataclass(slots=True)
class Message:
    """Short message that the network has accepted; kept until the end of the simulation."""

    sender: str
    to: str
    text: str
    """Text; empty for binary data."""
    data: bytes
    sent_at_s: float
    delivered: bool
    """True once the receiver has the message."""
    part: tuple[int, int, int] | None = None
    """Part of a longer message, as cut by its sender: reference, number of parts, number of this part from
    1.
    """


class Network(Protocol):
    """Operations of the carrier for the parties."""

    @property
    def agenda(self) -> Schedule: ...

    def advance(self, now_s: float) -> None:
        """Run everything that is due by then."""
        ...

    def originate(
        self,
        caller: Party,
        to: str,
        *,
        setup_s: float,
        now_s: float,
        emergency: bool = False,
        withheld: bool = False,
    ) -> Call:
        """Start a call, which is routed after `setup_s`."""
        ...

    def alert(self, call: Call, now_s: float) -> None:
        """Record that the called end rings."""
        ...

    def answer(self, call: Call, now_s: float) -> None:
        """Record that the called end has answered."""
        ...

    def release(self, call: Call, by: Party | None, cause: Cause, now_s: float) -> None:
        """End the call, from any side; `by` None is the network. An ended call is unchanged."""
        ...

    def hold(self, call: Call, held: bool) -> None:
        """Record that a modem has put an answered call on hold, or taken it back."""
        ...

    def transfer(self, one: Call, other: Call, by: Party, now_s: float) -> None:
        """Connect the far ends of two calls of one party without it (TS 22.091)."""
        ...

    def send_message(
        self,
        sender: str,
        to: str,
        text: str,
        data: bytes,
        now_s: float,
        part: tuple[int, int, int] | None = None,
        report: Callable[[int, float], None] | None = None,
    ) -> None:
        """Accept a short message and deliver it, to a phone by its habits. `report`: called with the outcome,
        a TP-Status and its time (TS 23.040 9.2.3.15).
        """
        ...

    def voices_changed(self, now_s: float) -> None:
        """Update the conversations: a speaker or listener may have changed."""
        ...

    def is_emergency(self, number: str) -> bool: ...

    def international(self, dialled: str) -> str: ...
