"""When a modem's voice path is switched, call by call. Decides; sends nothing.

The path is asked for again for every call where the dialect wants that, repeated while the modem
refuses (some take it only once the call is really up, some stand as another program has left them until they
are told off), and switched off behind the last call.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum
from typing import Final

import msgspec

from gateways.gsm.at.parse import Direction
from gateways.gsm.calls.call import CallView
from gateways.gsm.dialects.dialect import Voice
from gateways.gsm.driver.events import CallId

KEEN_S: Final = 15.0
"""A modem may need 12 s from the answer until it takes the command."""
RARELY_S: Final = 10.0
"""Between two attempts of a call whose voice was refused for longer: it is never given up."""


class _Path(Enum):
    ASKED = "asked"
    REFUSED = "refused"
    ON = "on"


class _State(msgspec.Struct):
    path: _Path
    ahead: bool = False
    """Asked before there is a call: a refusal says nothing of how the call's own time is used up."""
    off_first: bool = False
    refused_s: float | None = None
    """When it was refused first."""
    again_s: float = 0.0
    told: bool = False


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
        if self._voice.kind == "none" or (self._voice.kind == "tty" and not self._voice.on):
            return []
        wanted: list[CallId] = []
        for call in calls:
            state = self._calls.get(call.call)
            if call.ending or not self._ripe(call, dialled):
                continue
            if state is None:
                self._calls[call.call] = _State(_Path.ASKED)
                wanted.append(call.call)
            elif state.path is _Path.REFUSED and now_s >= state.again_s:
                state.path = _Path.ASKED
                wanted.append(call.call)
        return wanted

    def is_switched_ahead(self, call: CallId) -> bool:
        """Whether it is to be switched on before the call is dialled or answered; it counts as asked then."""
        ahead = self._voice.at == "before" and self._voice.kind != "none" and bool(self._voice.on)
        if ahead:
            self._calls[call] = _State(_Path.ASKED, ahead=True, off_first=True)
        return ahead

    def commands(self, call: CallId) -> list[tuple[str, bool]]:
        """What is sent to switch it on; whether it counts. After a refusal, and ahead of a call, whatever
        another program has left is switched off first."""
        first = self._calls[call].off_first
        off = self._voice.off if first and not self._is_on_for_another_call(call) else ()
        return [*((text, False) for text in off), *((text, True) for text in self._voice.on)]

    def switched(self, call: CallId) -> None:
        """The modem has taken the last of them."""
        self._calls[call] = _State(_Path.ON)
        self._on = True

    def refused(self, call: CallId, now_s: float) -> bool:
        """The modem has declined; true when it has done so for longer than is its way: once for a call."""
        state = self._calls.setdefault(call, _State(_Path.ASKED))
        if self._is_on_for_another_call(call):
            # One path for all calls: it is open already, and this modem says so with an error.
            self._calls[call] = _State(_Path.ON)
            return False
        state.path, state.off_first = _Path.REFUSED, True
        if state.ahead:
            state.ahead, state.again_s = False, now_s
            return False
        state.refused_s = now_s if state.refused_s is None else state.refused_s
        rarely = now_s - state.refused_s >= KEEN_S
        state.again_s = now_s + (RARELY_S if rarely else self._voice.retry_s)
        to_be_told, state.told = rarely and not state.told, state.told or rarely
        return to_be_told

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
        ripe = (call for call in calls if not call.ending and (call.answered or self._voice.at == "dial"))
        states = (self._calls.get(call.call) for call in ripe)
        return min(
            (state.again_s for state in states if state is not None and state.path is _Path.REFUSED),
            default=None,
        )

    def _is_on_for_another_call(self, call: CallId) -> bool:
        return any(other.path is _Path.ON for number, other in self._calls.items() if number != call)

    def _ripe(self, call: CallView, dialled: set[CallId]) -> bool:
        if call.answered:
            return True
        return self._voice.at == "dial" and call.direction is Direction.OUT and call.call in dialled
