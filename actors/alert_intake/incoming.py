"""Rules that make alerts of calls and short messages, and a guard for unreadable input: an input whose
parser has failed twice is parsed in a reduced form. No I/O. See docs/decisions/0141.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable
from enum import Enum, auto
from typing import Final, TypeVar

from msgspec.structs import replace

from messages.calls import IncomingCall
from messages.ids import E164, AlertId, Channel, Instant, LineId
from messages.sms import SmsArrived
from model.rules.calls.withheld_numbers import why_number_unfit
from model.rules.signal import Signal
from model.settings.alerts import VoiceAlert
from model.setup import Setup
from runtime.logs import Logger


class CallOutcome(Enum):
    """Outcome for an incoming call."""

    WAIT = auto()
    """The caller's number may still arrive."""
    TAKE = auto()
    """The call is a signal, and becomes the user's leg."""
    REJECT = auto()
    """The call is a signal and is declined: the user is called back."""
    KNOWN = auto()
    """The call was handled before; the modem only reports again that it rings."""


_CALLS_REMEMBERED: Final = 1024
"""Upper bound of remembered calls, above all calls that ring at a time: a line does not report the end of a
call that was taken.
"""


class VoiceAlerts:
    """Calls that are ringing now."""

    def __init__(self, setup: Setup) -> None:
        self._settings = setup.settings
        self._callback = setup.settings.voice_alert is VoiceAlert.CALLBACK
        self._taken: dict[tuple[LineId, int], None] = {}

    def record_call(self, line: LineId, call: int) -> None:
        """Record a call that is in the journal already, after a restart of the AlertIntake while it rang."""
        self._taken[line, call] = None
        while len(self._taken) > _CALLS_REMEMBERED:
            del self._taken[next(iter(self._taken))]

    def outcome_of(self, call: IncomingCall, *, hushed: bool = False) -> CallOutcome:
        """Return the outcome for this call. `hushed`: the user must not be called back."""
        if (call.line, call.call) in self._taken:
            return CallOutcome.KNOWN
        if not call.settled:
            return CallOutcome.WAIT
        # A caller who cannot be called back automatically is answered in any case.
        called_back = (
            call.number is not None and why_number_unfit(call.number, self._settings) is None and not hushed
        )
        return CallOutcome.REJECT if self._callback and called_back else CallOutcome.TAKE

    def forget_call(self, line: LineId, call: int) -> None:
        """Forget a call that has stopped ringing; the modem may use its number again."""
        self._taken.pop((line, call), None)


def as_unread(sms: SmsArrived) -> SmsArrived:
    """Return the message with its content marked as unread: only the sender is known."""
    said = "\0".join(one for one in (sms.unread or sms.text, repr(sms.position or "")) if one)
    return replace(sms, text="", position=None, sent_at=None, unread=said, reason="AlertIntake")


def signal_of(sms: SmsArrived, own: Collection[E164], now_us: Instant) -> Signal | None:
    """Return the signal of a message; None if no person in need has sent the message.

    A position from a phone is always a signal. A text is a signal if its sender can be called back: networks,
    shops and banks send from names or short codes. An unreadable message is a signal by its sender alone.
    `own`: numbers of the center's lines.
    """
    written = sms.number is not None and not sms.service and sms.number not in own
    # If even the sender is unreadable, a person may have sent the message.
    hidden = bool(sms.unread) and not sms.sender
    if sms.position is None and not written and not hidden:
        return None
    return Signal(
        channel=Channel.SMS,
        received_at=now_us,
        phone=sms.number,
        id=AlertId(f"sms-{sms.key}"),
        raised_at=sms.sent_at,
        position=sms.position,
        text=sms.text,
    )


TWICE: Final = 2
"""Attempts to read an input: a line repeats its report within a second, which is the second attempt."""
_FAILURES_REMEMBERED: Final = 256

T = TypeVar("T")


class InputGuard:
    """Guard that keeps a faulty input from ending its reader: all alerts would wait, and the line would
    repeat the input to the next reader.
    """

    def __init__(self, log: Logger) -> None:
        self._log = log
        self._failed: dict[Hashable, int] = {}

    def read(self, name: Hashable, read: Callable[[], T | None], plainly: Callable[[], T | None]) -> T | None:
        """Return the result of `read`; after two failures, the result of `plainly`; None if that fails
        too.
        """
        times = self._failed.get(name, 0)
        try:
            return read() if times < TWICE else plainly()
        except Exception:
            if times > TWICE:
                return None  # the failure has been logged
            self._log.exception("an incoming call or text message cannot be processed", times=times + 1)
        self._failed.pop(name, None)
        self._failed[name] = times + 1
        while len(self._failed) > _FAILURES_REMEMBERED:
            del self._failed[next(iter(self._failed))]
        return self.read(name, read, plainly) if times + 1 == TWICE else None
