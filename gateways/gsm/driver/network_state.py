"""The state of a line besides its calls: signal, registration, the path that a call would take, and the time
of the next poll. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gateways.gsm.at.commands import Finished, Outcome
from gateways.gsm.at.parse import Registration, dbm_of, parse_creg, parse_csq, parse_int, parse_technology
from gateways.gsm.dialects.hints import Hint, Sign
from gateways.gsm.driver.events import Event, RegistrationChanged, SignalChanged
from gateways.gsm.driver.startup import (
    OPERATOR_QUERY,
    PACKET_QUERY,
    RADIO_QUERY,
    REGISTRATION_QUERY,
    SIGNAL_QUERY,
    SIM_QUERY,
    STORED_SMS_QUERY,
    radio_is_off,
)
from messages.lines import VoiceService

MESSAGES_EVERY: Final = 12
"""Polls per request for the stored short messages: an arrival is reported once, and may be missed."""
SLOW_SIM_S: Final = 5.0
SLOW_SIM_MESSAGES_EVERY: Final = 120
"""Polls per request, for a SIM that needs more than SLOW_SIM_S: the line is unusable meanwhile."""
RADIO_RETRY_S: Final = 30.0
"""Seconds between two attempts to switch on a radio that does not stay on."""
_CIRCUIT_TECHNOLOGIES: Final = range(7)
"""<AcT> of +COPS (27.007 clause 7.3) below 7, which is E-UTRAN: all kinds of GSM and UMTS."""


class NetworkState:
    """The state of one line besides its calls."""

    def __init__(self) -> None:
        self.registration: Registration | None = None
        self._circuit: Registration | None = None
        self._packet: Registration | None = None
        self.signal_dbm: int | None = None
        self.radio_off = False
        """True if the modem's last answer reported the radio as off."""
        self._radio_tried_s = float("-inf")
        self._last_s = 0.0
        self._polls = 0
        self._messages_every = MESSAGES_EVERY
        self._technology: int | None = None
        self._ims: bool | None = None
        self._ims_query_accepted = True
        """True if the query for the IMS has not been refused since the setup: some modems stall at it."""

    @property
    def service(self) -> VoiceService:
        """Path that a call would take."""
        return voice_service(self._circuit, self._packet, ims=self._ims, technology=self._technology)

    def on_ims_answer(self, finished: Finished, registered: bool | None) -> None:
        """Process the answer to the query for the IMS; `registered` is None if unknown."""
        self._ims, self._ims_query_accepted = registered, finished.outcome is Outcome.OK

    def on_hint(self, hint: Hint, now_s: float) -> list[Event]:
        """Process an unsolicited line about signal or network."""
        if hint.sign is Sign.SIGNAL:
            rssi = parse_int(hint.value)
            return self._on_signal(dbm_of(rssi) if rssi is not None else None, now_s)
        return self._on_registration(parse_creg(hint.text, answer=False), now_s)

    def on_answer(self, finished: Finished, now_s: float) -> list[Event]:
        """Process the answer of any command; only answers about signal and network count."""
        if finished.command.text == RADIO_QUERY:
            self.radio_off = radio_is_off(finished)
        if finished.outcome is Outcome.OK and finished.lines:
            if finished.command.text == SIGNAL_QUERY:
                return self._on_signal(parse_csq(finished.lines[0]), now_s)
            if finished.command.text == REGISTRATION_QUERY:
                return self._on_registration(parse_creg(finished.lines[0], answer=True), now_s)
            if finished.command.text == PACKET_QUERY:
                self._packet = parse_creg(finished.lines[0], answer=True)
                return self._on_registration(self._circuit, now_s)
            if finished.command.text == OPERATOR_QUERY:
                self._technology = parse_technology(finished.lines[0])
        return []

    def begin(self, now_s: float) -> None:
        """Begin polling: the modem is ready, and was just queried."""
        self._last_s, self._ims_query_accepted = now_s, True

    def next_poll_s(self, idle_s: float) -> float:
        """Return the time, in seconds, of the next poll."""
        return self._last_s + idle_s

    def on_messages_listed(self, took_s: float) -> None:
        """Note how long the listing of the stored messages took, successful or not, in seconds."""
        self._messages_every = SLOW_SIM_MESSAGES_EVERY if took_s > SLOW_SIM_S else MESSAGES_EVERY

    def service_queries(self, ims: str) -> Iterator[str]:
        """Yield the commands that determine the path of a call; `ims` is the query for the IMS."""
        yield OPERATOR_QUERY
        if ims and self._ims_query_accepted:
            yield ims

    def queries(self, now_s: float, ims: str = "") -> Iterator[str]:
        """Yield the commands of a poll: SIM, network and signal each time; the path of a call as long as that
        path is the IMS or none.

        Some modems report a removed SIM or a lost network without a query, some never, and no report survives
        a bad cable. A line that wrongly counts as good is dialled, and costs the alert seconds.
        """
        self._last_s = now_s
        self._polls += 1
        yield SIM_QUERY
        yield REGISTRATION_QUERY
        if not _is_in_service(self._circuit):
            # Registered in LTE alone, with calls by VoLTE, some modems report so only here.
            yield PACKET_QUERY
        if not _is_in_service(self._circuit) or self._polls % MESSAGES_EVERY == 0:
            yield from self.service_queries(ims)
        if not _is_in_service(self.registration):
            yield RADIO_QUERY
        yield SIGNAL_QUERY
        if self._polls % self._messages_every == 0:
            yield STORED_SMS_QUERY

    def take_radio_on_due(self, now_s: float) -> bool:
        """Return True if the radio is to be switched on now: it is off, and was not switched on recently."""
        is_due = self.radio_off and now_s - self._radio_tried_s >= RADIO_RETRY_S
        if is_due:
            self._radio_tried_s = now_s
        return is_due

    def _on_signal(self, dbm: int | None, now_s: float) -> list[Event]:
        if dbm == self.signal_dbm:
            return []
        self.signal_dbm = dbm
        return [SignalChanged(at_s=now_s, dbm=dbm)]

    def _on_registration(self, state: Registration | None, now_s: float) -> list[Event]:
        if _is_in_service(self._circuit) and not (state is None or _is_in_service(state)):
            # The registration in LTE was last polled while it did not matter: it is polled now.
            self._packet, self._ims, self._last_s = None, None, float("-inf")
        self._circuit = self._circuit if state is None else state
        state = (
            self._packet
            if _is_in_service(self._packet) and not _is_in_service(self._circuit)
            else self._circuit
        )
        if state is None or state is self.registration:
            return []
        self.registration = state
        if _is_in_service(state):
            self.radio_off = False
        return [RegistrationChanged(at_s=now_s, state=state)]


def _is_in_service(state: Registration | None) -> bool:
    return state is not None and state.in_service


def voice_service(
    circuit: Registration | None,
    packet: Registration | None,
    *,
    ims: bool | None,
    technology: int | None,
) -> VoiceService:
    """Return the path that a call would take. An unknown registration counts as present: NONE is returned
    only if all three methods are known to fail.

    Registration alone is not enough. In LTE a call goes by IMS (VoLTE), or the modem falls back to 2G or 3G
    for the call (CSFB, 23.272), which requires registration there as well. With neither, the network ends
    each call at once.

    `circuit`: +CREG (27.007 clause 7.2). `packet`: +CEREG (clause 10.1.22). `ims`: True if the modem is in
    the IMS for voice (+CIREG, clause 8.71, or its maker's own). `technology`: <AcT> of +COPS (clause 7.3).
    """
    if ims:
        return VoiceService.IMS
    if circuit is not None and circuit.in_service:
        if technology is None:
            return VoiceService.UNKNOWN
        return VoiceService.CIRCUIT if technology in _CIRCUIT_TECHNOLOGIES else VoiceService.CSFB
    data_alone = circuit is not None and packet is not None and packet.in_service
    return VoiceService.NONE if data_alone and ims is False else VoiceService.UNKNOWN
