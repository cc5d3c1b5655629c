"""Why the driver has sent a command: kept beside its ticket, to know what the result means."""

from __future__ import annotations

import msgspec

from gateways.gsm.driver.events import CallId, Ref


class Starting(msgspec.Struct, frozen=True):
    """A step of the start-up."""


class Calls(msgspec.Struct, frozen=True):
    """The list of calls."""


class Dialling(msgspec.Struct, frozen=True):
    """ATD."""

    call: CallId


class Answering(msgspec.Struct, frozen=True):
    """ATA, or the verb that takes a waiting call."""

    call: CallId


class HangingUp(msgspec.Struct, frozen=True):
    """Whichever verb ends it."""

    call: CallId


class Explaining(msgspec.Struct, frozen=True):
    """Why the call has ended."""

    call: CallId


class Requesting(msgspec.Struct, frozen=True):
    """Hold, swap, conference, a digit."""

    request: str
    call: CallId | None


class VoiceOn(msgspec.Struct, frozen=True):
    """One command of switching the voice on; `last`: nothing follows it."""

    call: CallId
    last: bool


class VoiceOff(msgspec.Struct, frozen=True):
    """The voice path is closed."""


class VoiceReset(msgspec.Struct, frozen=True):
    """The modem is to start anew, its voice being worn."""


class NetworkAsking(msgspec.Struct, frozen=True):
    """A code for the network (+CUSD); `again`: how else to write it, where the modem refuses it so."""

    again: str = ""


class NetworkLeaving(msgspec.Struct, frozen=True):
    """The network waits for more, and gets none."""


class Watching(msgspec.Struct, frozen=True):
    """A sign of life, the signal, the network."""


class Listing(msgspec.Struct, frozen=True):
    """The stored messages; asked for at this time."""

    since_s: float


class PinGiving(msgspec.Struct, frozen=True):
    """The SIM's PIN."""


class SettingsAsking(msgspec.Struct, frozen=True):
    """Whether the modem still has what was set, after it was silent."""


class SimAsking(msgspec.Struct, frozen=True):
    """What the SIM waits for, asked again."""


class CardAsking(msgspec.Struct, frozen=True):
    """Which card the SIM is."""


class SmsReading(msgspec.Struct, frozen=True):
    """A stored message."""

    index: int


class SmsDeleting(msgspec.Struct, frozen=True):
    """A stored message that is durable elsewhere."""


class SmsSending(msgspec.Struct, frozen=True):
    """One part of a message, and those that follow it: PDUs with their lengths."""

    ref: Ref
    rest: tuple[tuple[str, int], ...]
    until_s: float
    """By when all of it has to be sent."""
    references: tuple[int, ...] = ()
    """The network's, of the parts that it has taken."""


Purpose = (
    Starting
    | Calls
    | Dialling
    | Answering
    | HangingUp
    | Explaining
    | Requesting
    | VoiceOn
    | VoiceOff
    | VoiceReset
    | NetworkAsking
    | NetworkLeaving
    | Watching
    | Listing
    | PinGiving
    | SettingsAsking
    | SimAsking
    | CardAsking
    | SmsReading
    | SmsDeleting
    | SmsSending
)
