"""Which calls and short messages are signals of an alert, when and of what (S2; cases 2, 14); and the door at
which they come in: one whose reader fails twice is taken for what is known of it. No I/O. See
docs/decisions/0018 and 0141.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable
from enum import Enum, auto
from typing import Final, TypeVar

from msgspec.structs import replace

from messages.calls import IncomingCall
from messages.ids import E164, AlertId, Channel, Instant, LineId
from messages.sms import SmsArrived
from model.rules.calls.withheld_numbers import unfit
from model.rules.signal import Signal
from model.settings.alerts import VoiceAlert
from model.setup import Setup
from runtime.logs import Logger


class Verdict(Enum):
    """What becomes of a call."""

    WAIT = auto()
    """Its number may still come."""
    TAKE = auto()
    """It is a signal, and the user's leg."""
    REJECT = auto()
    """It is a signal, and declined: the user is called back."""
    KNOWN = auto()
    """It has been taken already; the modem only says again that it rings."""


_CALLS_REMEMBERED: Final = 1024
"""More calls than all lines ring with at a time: the end of one that was taken is not told by its line."""


class VoiceAlerts:
    """The calls that are ringing now."""

    def __init__(self, setup: Setup) -> None:
        self._settings = setup.settings
        self._callback = setup.settings.voice_alert is VoiceAlert.CALLBACK
        self._taken: dict[tuple[LineId, int], None] = {}

    def known(self, line: LineId, call: int) -> None:
        """This call is in the journal already: the intake was started again while it rang."""
        self._taken[line, call] = None
        while len(self._taken) > _CALLS_REMEMBERED:
            del self._taken[next(iter(self._taken))]

    def hear(self, call: IncomingCall, *, hushed: bool = False) -> Verdict:
        """What to do about this call. `hushed`: its user is not to be called back."""
        if (call.line, call.call) in self._taken:
            return Verdict.KNOWN
        if not call.settled:
            return Verdict.WAIT
        # A caller who cannot be called back, by itself at least, is answered whatever the setting says.
        called_back = call.number is not None and unfit(call.number, self._settings) is None and not hushed
        return Verdict.REJECT if self._callback and called_back else Verdict.TAKE

    def gone(self, line: LineId, call: int) -> None:
        """It rings no more; the modem may use its number again."""
        self._taken.pop((line, call), None)


def as_it_came(sms: SmsArrived) -> SmsArrived:
    """The message with what it says unread: its sender is what is known of it."""
    said = "\0".join(one for one in (sms.unread or sms.text, repr(sms.position or "")) if one)
    return replace(sms, text="", position=None, sent_at=None, unread=said, reason="AlertIntake")


def signal_of(sms: SmsArrived, own: Collection[E164], now_us: Instant) -> Signal | None:
    """What it signals; none for what no person in need has sent.

    A phone's position always is one, whoever sends it. Words are one if somebody can be called back where
    they come from: what networks, shops and banks send comes from words or short codes. One that cannot be
    read is one by its sender alone. `own` are the center's lines.
    """
    written = sms.number is not None and not sms.service and sms.number not in own
    # Where not even the sender can be read, a person may have sent it.
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
"""A line says everything again within a second: the second time is the second try."""
_FAILURES_REMEMBERED: Final = 256

T = TypeVar("T")


class Door:
    """No input ends its reader: all alerts would wait for it, and the line would say it again to the next."""

    def __init__(self, log: Logger) -> None:
        self._log = log
        self._failed: dict[Hashable, int] = {}

    def read(self, name: Hashable, read: Callable[[], T | None], plainly: Callable[[], T | None]) -> T | None:
        """Return what reading the input gives; once that has failed twice, what `plainly` gives of it."""
        times = self._failed.get(name, 0)
        try:
            return read() if times < TWICE else plainly()
        except Exception:
            if times > TWICE:
                return None  # it has been said what fails
            self._log.exception("an input cannot be read", times=times + 1)
        self._failed.pop(name, None)
        self._failed[name] = times + 1
        while len(self._failed) > _FAILURES_REMEMBERED:
            del self._failed[next(iter(self._failed))]
        return self.read(name, read, plainly) if times + 1 == TWICE else None
