"""When a modem's voice path is switched, call by call. Decides; sends nothing.

The path is asked for again for every call where the dialect wants that, repeated while the modem
refuses (some take it only once the call is really up), and switched off behind the last call.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum

import msgspec

from gateways.gsm.at.parse import Direction
from gateways.gsm.call import CallView
from gateways.gsm.dialect import Voice
from gateways.gsm.events import CallId


class _Path(Enum):
    ASKED = "asked"
    REFUSED = "refused"
    ON = "on"
    FAILED = "failed"


class _State(msgspec.Struct):
    path: _Path
    tries: int = 0
    again_at_s: float = 0.0


class VoiceSwitch:
    """See the module."""

    def __init__(self, voice: Voice) -> None:
        self._voice = voice
        self._calls: dict[CallId, _State] = {}
        self._on = False

    def set_dialect(self, voice: Voice) -> None:
        """From now on this holds."""
        self._voice = voice

    def due(self, calls: Iterable[CallView], dialled: set[CallId], now_s: float) -> list[CallId]:
        """Calls whose voice has to be switched on now. `dialled`: whose dial the modem has taken."""
        if self._voice.kind == "none" or not self._voice.on:
            return []
        wanted: list[CallId] = []
        for call in calls:
            state = self._calls.get(call.call)
            if call.ending or not self._ripe(call, dialled):
                continue
            if state is None or (state.path is _Path.REFUSED and now_s >= state.again_at_s):
                self.asked(call.call)
                wanted.append(call.call)
        return wanted

    def asked(self, call: CallId) -> None:
        """The commands are on their way."""
        tries = self._calls[call].tries if call in self._calls else 0
        self._calls[call] = _State(_Path.ASKED, tries + 1)

    def switched(self, call: CallId) -> None:
        """The modem has taken the last of them."""
        self._calls[call] = _State(_Path.ON)
        self._on = True

    def refused(self, call: CallId, now_s: float) -> bool:
        """The modem has declined; true when that was the last attempt."""
        state = self._calls.get(call, _State(_Path.ASKED, 1))
        if any(other.path is _Path.ON for number, other in self._calls.items() if number != call):
            # One path for all calls: it is open already, and this modem says so with an error.
            self._calls[call] = _State(_Path.ON)
            return False
        if state.tries > self._voice.retries:
            self._calls[call] = _State(_Path.FAILED)
            return True
        self._calls[call] = _State(_Path.REFUSED, state.tries, now_s + self._voice.retry_s)
        return False

    def is_on(self, call: CallId) -> bool:
        """Whether the call's voice flows."""
        return call in self._calls and self._calls[call].path is _Path.ON

    def gone(self, call: CallId) -> None:
        """The call has been released."""
        self._calls.pop(call, None)
        if self._voice.again_after_drop:
            for other in [number for number, state in self._calls.items() if state.path is _Path.ON]:
                del self._calls[other]

    def off_due(self, calls: Iterable[CallView]) -> bool:
        """Whether the path is to be closed, the last call being gone; once."""
        if self._on and not list(calls):
            self._on = False
            return bool(self._voice.off)
        return False

    def next_deadline(self, calls: Iterable[CallView]) -> float | None:
        """When one of these, refused before, is to be tried again."""
        states = (self._calls.get(call.call) for call in calls if not call.ending)
        return min(
            (state.again_at_s for state in states if state is not None and state.path is _Path.REFUSED),
            default=None,
        )

    def _ripe(self, call: CallView, dialled: set[CallId]) -> bool:
        if call.answered:
            return True
        return self._voice.at == "dial" and call.direction is Direction.OUT and call.call in dialled
