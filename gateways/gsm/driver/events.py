"""The events that the driver reports. All events are frozen and stamped with the time passed to the
driver.
"""

from __future__ import annotations

from enum import StrEnum
from typing import NewType

import msgspec

from gateways.gsm.at.parse import Direction, Registration, Stat
from messages.base import VoicePace
from messages.ids import TextFailure

CallId = NewType("CallId", int)
"""The center's own id of a call on this modem: counts from 1, never reused by one driver."""
Ref = NewType("Ref", str)
"""The requester's name for a call, so that a repeated request dials once."""


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """The root of all events."""

    at_s: float


class CallEvent(Event, frozen=True, kw_only=True):
    """An event of one call."""

    call: CallId
    ref: Ref | None
    """Reference of a call that was dialled or adopted by request; None for other calls."""
    number: str | None
    """E.164; None if withheld, not known (yet), or a short code."""


class CallDialing(CallEvent, frozen=True, kw_only=True):
    """The center's call has been passed to the modem."""


class CallRinging(CallEvent, frozen=True, kw_only=True):
    """The other phone rings (27.007 stat 3)."""


class CallAnswered(CallEvent, frozen=True, kw_only=True):
    """The call is up, in either direction."""

    direction: Direction
    confirmed: bool
    """False if the modem's report is no proof of an answer (`answer_trust = "early"`)."""


class CallIncoming(CallEvent, frozen=True, kw_only=True):
    """An incoming call. Reported at the first sign; the number may follow."""

    caller: str
    """The number as the network sent it; empty without a number (yet)."""
    withheld: bool


class CallIdentified(CallEvent, frozen=True, kw_only=True):
    """The number of an incoming or waiting call has arrived."""

    caller: str


class CallWithheld(CallEvent, frozen=True, kw_only=True):
    """The network has reported that the number is withheld."""


class CallWaiting(CallEvent, frozen=True, kw_only=True):
    """An incoming call while another call is up."""

    caller: str
    withheld: bool


class CallHeld(CallEvent, frozen=True, kw_only=True):
    """The call is on hold."""


class CallActive(CallEvent, frozen=True, kw_only=True):
    """The call was retrieved from hold."""


class CallFound(CallEvent, frozen=True, kw_only=True):
    """The modem holds a call that this driver has not set up: left by a former process, or made by hand."""

    direction: Direction
    state: Stat


class CallReleased(CallEvent, frozen=True, kw_only=True):
    """The call has ended. Reported once for each call; no event of the call follows."""

    direction: Direction
    cause: int | None
    """ITU-T Q.850, above 127 the center's own (`messages.base.HangupCause`); None if not reported."""
    text: str
    """The line, or the reason as text."""
    answered: bool
    ended_s: float
    """Time of the first report of the end; the cause may have taken a moment longer."""


class Identity(msgspec.Struct, frozen=True, kw_only=True):
    """Identity reported by the modem."""

    manufacturer: str = ""
    model: str = ""
    revision: str = ""
    imei: str = ""
    dialect: str = ""


class Ready(Event, frozen=True, kw_only=True):
    """The modem is initialised (again): calls can be placed as far as SIM and network allow."""

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
    """A change of the signal strength; None for unknown."""

    dbm: int | None


class RegistrationChanged(Event, frozen=True, kw_only=True):
    """A change of the SIM's registration with the network."""

    state: Registration


class SimState(Event, frozen=True, kw_only=True):
    """A change of the SIM's state: `READY`, `SIM PIN`, `SIM PUK`, `NOT INSERTED`, … (27.007 clause 8.3)."""

    code: str


class PinAnswered(Event, frozen=True, kw_only=True):
    """The SIM's answer to a PIN."""

    right: bool | None
    """True if the PIN is right; None if it was refused for another reason than a wrong PIN."""
    text: str
    """The refusal."""


class EmergencyNumbers(Event, frozen=True, kw_only=True):
    """The emergency numbers of the SIM: the dial guard must know them."""

    numbers: tuple[str, ...]


class SmsReceived(Event, frozen=True, kw_only=True):
    """A short message was received, with all parts or with the parts that came in time."""

    sender: str
    number: str | None
    """E.164."""
    text: str
    """Empty for binary messages."""
    data: bytes
    """The user data of 8-bit messages; empty for text."""
    sent_at: str
    """The service centre's time stamp, RFC 3339; empty if unreadable."""
    stored: tuple[int, ...]
    """Storage indexes in the modem: to be passed to `Driver.delete_sms` once the message is durable."""
    service: bool = False
    """True if the message is for the phone or its SIM, and not for a person."""


class SmsFailed(Event, frozen=True, kw_only=True):
    """A short message, or a part of a message, that could not be read."""

    pdu: str
    """The PDU as received, or the content as far as readable."""
    text: str
    """The reason, without any content of the message."""
    stored: tuple[int, ...] = ()
    sender: str = ""
    """Empty if the sender cannot be read either."""
    number: str | None = None
    """E.164."""
    from_other_party: bool = True
    """True if the message may come from another party: False for a report and for the modem's own message."""


class InputFailed(Event, frozen=True, kw_only=True):
    """A line of the modem raised an error in its reader. The line is skipped, and the modem queried again."""

    text: str
    error: str
    """Kind and place of the error, without any content of the line."""


class SmsSent(Event, frozen=True, kw_only=True):
    """The outcome of a short message sent by this line."""

    ref: Ref
    failure: TextFailure | None
    """The cause of a failure; None if the network has accepted the message."""
    text: str
    """The final result as received."""
    references: tuple[int, ...] = ()
    """The network's references, one for each part that has a reference."""


class SmsReported(Event, frozen=True, kw_only=True):
    """The network's report on a part of a short message that this line has sent."""

    reference: int
    recipient: str
    status: int
    """TP-Status (3GPP TS 23.040 clause 9.2.3.15)."""
    stored: tuple[int, ...] = ()
    """Storage indexes of the report in the modem."""


class NetworkAnswered(Event, frozen=True, kw_only=True):
    """The network's answer to a code (`Driver.send_ussd`)."""

    words: str
    """Empty: no answer, or the code was not sent."""
    refused: str = ""
    """The modem's refusal to send the code; empty if the code was sent."""


class ModemRebooted(Event, frozen=True, kw_only=True):
    """The modem reports a restart; its calls are being checked."""


class Stage(StrEnum):
    """Steps of the watchdog's ladder for a modem that does not answer."""

    RESYNC = "resync"
    """The driver resynchronises by itself."""
    REOPEN = "reopen"
    """Close the port, open the port again, and call `Driver.on_port_opened`."""
    RESET = "reset"
    """The driver has sent the reset command; no call is live."""
    USB_RESET = "usb_reset"
    """Reset the USB device if possible; then call `Driver.on_port_opened`."""
    QUARANTINE = "quarantine"
    """Take the line out of service and raise an alarm; the driver retries now and then."""


class Unresponsive(Event, frozen=True, kw_only=True):
    """The modem does not answer; `stage` is the next step."""

    stage: Stage
    live_calls: int


class Responsive(Event, frozen=True, kw_only=True):
    """The modem answers again after `Unresponsive`; `Ready` follows if the modem was initialised again."""


class HangUpStuck(Event, frozen=True, kw_only=True):
    """The call does not end, although it was hung up several times."""

    call: CallId
    attempts: int


class RequestFailed(Event, frozen=True, kw_only=True):
    """The modem refused a hold, swap, conference or digit."""

    request: str
    call: CallId | None
    text: str


class RequestDone(Event, frozen=True, kw_only=True):
    """The modem accepted a hold, swap, conference or digit."""

    request: str
    call: CallId | None


class CommandRefused(Event, frozen=True, kw_only=True):
    """The modem declined a command of the driver: for the log."""

    command: str
    error: str


class UnknownLine(Event, frozen=True, kw_only=True):
    """A line that no pattern matches: for the log."""

    text: str


class UnreportedCall(Event, frozen=True, kw_only=True):
    """An incoming call appeared in the modem's list before any line reported the call: its codes may go to
    another port. For the log.
    """

    call: CallId


class NoiseDropped(Event, frozen=True, kw_only=True):
    """A line without an end was discarded: for the log."""

    bytes_dropped: int
