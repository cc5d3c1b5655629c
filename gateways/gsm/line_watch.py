"""What is known of a line besides its calls: signal, registration, when to ask for a sign of life. Pure."""

from __future__ import annotations

from typing import Final

from gateways.gsm.at.parse import Registration, dbm_of, integer, parse_creg, parse_csq
from gateways.gsm.at.results import Finished, Outcome
from gateways.gsm.events import Event, RegistrationChanged, SignalChanged
from gateways.gsm.hints import Hint, Sign
from gateways.gsm.startup import (
    PACKET_QUERY,
    REGISTRATION_QUERY,
    SIGNAL_QUERY,
    STORED_SMS_QUERY,
)

_TURNS: Final = (SIGNAL_QUERY, SIGNAL_QUERY, REGISTRATION_QUERY, SIGNAL_QUERY, SIGNAL_QUERY, STORED_SMS_QUERY)
"""What is asked in turn. That a short message has come is said once, and may be missed."""


class LineWatch:
    """See the module."""

    def __init__(self) -> None:
        self.registration: Registration | None = None
        self._circuit: Registration | None = None
        self._packet: Registration | None = None
        self._asks_packet = False
        self.signal_dbm: int | None = None
        self._last_s = 0.0
        self._count = 0

    def hint(self, hint: Hint, now_s: float) -> list[Event]:
        """An unsolicited line about signal or network."""
        if hint.sign is Sign.SIGNAL:
            rssi = integer(hint.value)
            return self._signal(dbm_of(rssi) if rssi is not None else None, now_s)
        return self._registered(parse_creg(hint.text, answer=False), now_s)

    def answer(self, finished: Finished, now_s: float) -> list[Event]:
        """The answer of any command; only those about signal and network count."""
        if finished.outcome is Outcome.OK and finished.lines:
            if finished.command.text == SIGNAL_QUERY:
                return self._signal(parse_csq(finished.lines[0]), now_s)
            if finished.command.text == REGISTRATION_QUERY:
                return self._registered(parse_creg(finished.lines[0], answer=True), now_s)
            if finished.command.text == PACKET_QUERY:
                self._packet = parse_creg(finished.lines[0], answer=True)
                return self._registered(self._circuit, now_s)
        return []

    def begin(self, now_s: float) -> None:
        """The modem is ready, and has just been asked."""
        self._last_s = now_s

    def due_s(self, idle_s: float) -> float:
        """When the next sign of life is wanted."""
        return self._last_s + idle_s

    def query(self, now_s: float) -> str:
        """The command for it: mostly the signal, now and then the network and the messages."""
        self._last_s = now_s
        if self._circuit is not None and not _serves(self.registration):
            # That there is a network again is said once, and may be missed.
            turn = REGISTRATION_QUERY
        else:
            turn = _TURNS[self._count % len(_TURNS)]
            self._count += 1
        if turn == REGISTRATION_QUERY and not _serves(self._circuit):
            # Registered in LTE alone, where calls are VoLTE's, some modems say so here only.
            self._asks_packet = not self._asks_packet
            return PACKET_QUERY if self._asks_packet else REGISTRATION_QUERY
        return turn

    def _signal(self, dbm: int | None, now_s: float) -> list[Event]:
        if dbm == self.signal_dbm:
            return []
        self.signal_dbm = dbm
        return [SignalChanged(at_s=now_s, dbm=dbm)]

    def _registered(self, state: Registration | None, now_s: float) -> list[Event]:
        if _serves(self._circuit) and not (state is None or _serves(state)):
            # Whether LTE is left was last asked when nobody needed to know: it is asked now.
            self._packet, self._asks_packet, self._last_s = None, False, float("-inf")
        self._circuit = self._circuit if state is None else state
        state = self._packet if _serves(self._packet) and not _serves(self._circuit) else self._circuit
        if state is None or state is self.registration:
            return []
        self.registration = state
        return [RegistrationChanged(at_s=now_s, state=state)]


def _serves(state: Registration | None) -> bool:
    return state is not None and state.in_service
