"""What the driver reports. All frozen, all stamped with the time that the driver was given."""

from __future__ import annotations

from enum import StrEnum
from typing import NewType

import msgspec

from gateways.gsm.at.parse import Direction, Registration, Stat
from messages.base import VoicePace
from messages.ids import TextFailure

CallId = NewType("CallId", int)
"""Our own number of a call on this modem: counts from 1, never used twice by one driver."""
Ref = NewType("Ref", str)
"""What the requester calls its call, so that it is dialled once however often it is asked for."""


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """The root of all events."""

    at_s: float


class CallEvent(Event, frozen=True, kw_only=True):
    """Something about one call."""

    call: CallId
    ref: Ref | None
    """Of a call that was dialled, or adopted, by request."""
    number: str | None
    """E.164; none when withheld, not known (yet), or a short code."""


class CallDialing(CallEvent, frozen=True, kw_only=True):
    """Our call has been handed to the modem."""


class CallRinging(CallEvent, frozen=True, kw_only=True):
    """The other phone rings (27.007 stat 3)."""


class CallAnswered(CallEvent, frozen=True, kw_only=True):
    """The call is up, whoever called."""

    direction: Direction
    confirmed: bool
    """False where the modem's word does not prove it (`answer_trust = "early"`)."""


class CallIncoming(CallEvent, frozen=True, kw_only=True):
    """Somebody calls. Said at the first sign, the number may follow."""

    caller: str
    """The number as the network gave it; empty when there is none (yet)."""
    withheld: bool


class CallIdentified(CallEvent, frozen=True, kw_only=True):
    """The number of an incoming or waiting call has come."""

    caller: str


class CallWithheld(CallEvent, frozen=True, kw_only=True):
    """The network has said that there will be no number."""


class CallWaiting(CallEvent, frozen=True, kw_only=True):
    """Somebody calls while another call is up."""

    caller: str
    withheld: bool


class CallHeld(CallEvent, frozen=True, kw_only=True):
    """The call is on hold."""


class CallActive(CallEvent, frozen=True, kw_only=True):
    """The call is back from hold."""


class CallFound(CallEvent, frozen=True, kw_only=True):
    """The modem holds a call that this driver has not set up: left by a former process, or by a hand."""

    direction: Direction
    state: Stat


class CallReleased(CallEvent, frozen=True, kw_only=True):
    """The call is gone. Once for each call, and nothing about it afterwards."""

    direction: Direction
    cause: int | None
    """ITU-T Q.850, above 127 our own (`messages.base.HangupCause`); none when nobody said why."""
    text: str
    """The line, or the reason in words."""
    answered: bool
    ended_s: float
    """When the end was first heard of; the cause may have taken a moment longer."""


class Identity(msgspec.Struct, frozen=True, kw_only=True):
    """What the modem says of itself."""

    manufacturer: str = ""
    model: str = ""
    revision: str = ""
    imei: str = ""
    dialect: str = ""


class Ready(Event, frozen=True, kw_only=True):
    """Initialised (again): calls can be placed as far as SIM and network allow."""

    identity: Identity


class VoiceReady(Event, frozen=True, kw_only=True):
    """The call's voice flows through the voice port, s16le."""

    call: CallId
    rate_hz: int
    frame_bytes: int
    pace: VoicePace = VoicePace.CLOCK


class VoiceFailed(Event, frozen=True, kw_only=True):
    """The modem does not switch the call's voice to the host."""

    call: CallId
    text: str


class SignalChanged(Event, frozen=True, kw_only=True):
    """Signal strength; none for unknown."""

    dbm: int | None


class RegistrationChanged(Event, frozen=True, kw_only=True):
    """Whether, and how, the network knows the SIM."""

    state: Registration


class SimState(Event, frozen=True, kw_only=True):
    """What the SIM waits for: `READY`, `SIM PIN`, `SIM PUK`, `NOT INSERTED`, … (27.007 clause 8.3)."""

    code: str


class PinAnswered(Event, frozen=True, kw_only=True):
    """What the SIM has said of the PIN that it was given."""

    right: bool | None
    """None where it was refused for another reason than being wrong."""
    text: str
    """The refusal."""


class EmergencyNumbers(Event, frozen=True, kw_only=True):
    """The emergency numbers that the SIM lists: the dial guard must know them."""

    numbers: tuple[str, ...]


class SmsReceived(Event, frozen=True, kw_only=True):
    """A short message came, whole."""

    sender: str
    number: str | None
    """E.164."""
    text: str
    """Empty for binary messages."""
    data: bytes
    """The user data of 8-bit messages; empty for text."""
    sent_at: str
    """The service centre's time stamp, RFC 3339; empty when unreadable."""
    stored: tuple[int, ...]
    """Where the modem still keeps it: `Driver.delete_sms` once it is durable."""
    service: bool = False
    """For the phone or its SIM, and not for a person."""


class SmsFailed(Event, frozen=True, kw_only=True):
    """A short message that could not be read, or a part of one."""

    pdu: str
    """As the modem gave it, or as far as it could be read."""
    text: str
    """Why; nothing of what it says."""
    stored: tuple[int, ...] = ()
    sender: str = ""
    """Empty where not even that can be read."""
    number: str | None = None
    """E.164."""
    from_somebody: bool = True
    """Whether somebody may have written it: not so of a report, nor of what this modem has sent itself."""


class InputFailed(Event, frozen=True, kw_only=True):
    """A line of the modem's whose reader has raised an error. It is left out, and the modem is asked anew."""

    text: str
    error: str
    """Which, and where; nothing of the line."""


class SmsSent(Event, frozen=True, kw_only=True):
    """What became of a message of ours."""

    ref: Ref
    failure: TextFailure | None
    """None: the network has taken it."""
    text: str
    """The final result, as it came."""
    references: tuple[int, ...] = ()
    """The network's, of each part; of one that told none there is none."""


class SmsReported(Event, frozen=True, kw_only=True):
    """The network says what has become of a part of a short message that this line has sent."""

    reference: int
    recipient: str
    status: int
    """TP-Status (3GPP TS 23.040 clause 9.2.3.15)."""
    stored: tuple[int, ...] = ()
    """Where the modem keeps the report."""


class NetworkAnswered(Event, frozen=True, kw_only=True):
    """What the network has said to a code (`Driver.ask_network`)."""

    words: str
    """Empty: nothing, or it was not asked."""
    refused: str = ""
    """What the modem said that would not ask; empty: it did."""


class ModemRebooted(Event, frozen=True, kw_only=True):
    """The modem says that it has started anew; its calls are being checked."""


class Stage(StrEnum):
    """The watchdog's ladder: what has to be done about a modem that does not answer."""

    RESYNC = "resync"
    """The driver does it by itself."""
    REOPEN = "reopen"
    """Close the port, open it again, and call `Driver.opened`."""
    RESET = "reset"
    """The driver has sent the reset command; there is no live call."""
    USB_RESET = "usb_reset"
    """Reset the USB device, if that can be done; then `Driver.opened`."""
    QUARANTINE = "quarantine"
    """Take the line out of service and raise an alarm; the driver goes on trying now and then."""


class Unresponsive(Event, frozen=True, kw_only=True):
    """The modem does not answer; `stage` says what comes next."""

    stage: Stage
    live_calls: int


class Responsive(Event, frozen=True, kw_only=True):
    """It answers again after `Unresponsive`; `Ready` follows when it was initialised anew."""


class HangUpStuck(Event, frozen=True, kw_only=True):
    """The call does not end, although it was hung up several times."""

    call: CallId
    attempts: int


class RequestFailed(Event, frozen=True, kw_only=True):
    """A hold, swap, conference or digit was refused by the modem."""

    request: str
    call: CallId | None
    text: str


class RequestDone(Event, frozen=True, kw_only=True):
    """A hold, swap, conference or digit was taken by the modem."""

    request: str
    call: CallId | None


class CommandRefused(Event, frozen=True, kw_only=True):
    """The modem declined one of our own commands: for the log."""

    command: str
    error: str


class UnknownLine(Event, frozen=True, kw_only=True):
    """A line that no pattern matches: for the log."""

    text: str


class UntoldCall(Event, frozen=True, kw_only=True):
    """A call comes in of which the modem's list told before any line did: its codes may come out at another
    port. For the log.
    """

    call: CallId


class NoiseDropped(Event, frozen=True, kw_only=True):
    """A line that never ended was thrown away: for the log."""

    bytes_dropped: int
