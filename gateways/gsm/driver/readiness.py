"""Sets the modem up, opens its SIM, tracks whether it is ready, and polls its state."""

from __future__ import annotations

import re
from typing import Final

from gateways.gsm.at.commands import Finished, Outcome, Urgency
from gateways.gsm.driver.channel import Channel
from gateways.gsm.driver.events import CommandRefused, EmergencyNumbers, Ready, SimState
from gateways.gsm.driver.network_state import NetworkState
from gateways.gsm.driver.short_messages import ShortMessages
from gateways.gsm.driver.startup import (
    CALL_LIST_WAIT_S,
    EMERGENCY_QUERY,
    RADIO_ON,
    SIM_PIN,
    SIM_QUERY,
    STORED_SMS_QUERY,
    Startup,
    card_query,
    iccid_of,
    pin_answer,
    sim_state,
)

_SET_CENTER_SETTING: Final = "AT+CMEE=1"
_CENTER_SETTING: Final = re.compile(r"\+CMEE: ?1")
"""The value that every dialect sets; a modem that was reset has another value, 0 by 27.007 clause 9.1."""


class Readiness:
    """The setup of a modem by the commands of `startup`, and the opening of its SIM.

    `network` receives the setup's answers about signal and network.
    """

    def __init__(self, channel: Channel, startup: Startup, network: NetworkState) -> None:
        self._channel, self._startup, self._network = channel, startup, network
        self.needs_start = True
        """True if the modem is to be set up once it answers."""
        self.ready = False
        """True if the modem is set up, and no sign since has put that in doubt."""
        self.kept_settings = False
        """True if the modem still had the center's settings when the port was opened: it was not reset."""
        self.reports_delivery = False
        """True if the modem has agreed to deliver the network's reports on sent messages."""
        self._settings_accepted = False
        self._sim_opened = False

    def check_settings(self) -> bool:
        """Return True if the modem has kept its settings, by the answer that has just come."""
        self.needs_start = self.ready = False
        self.kept_settings = self._has_center_settings()
        return self.kept_settings

    def may_have_lost_settings(self) -> bool:
        """Return True if the modem may have restarted without a report, by the answer that has just come."""
        return self._settings_accepted and not self._has_center_settings()

    def begin(self, now_s: float, *, calls_first: bool) -> None:
        """Begin the setup. `calls_first`: the setup waits until the calls are known."""
        waits = self.kept_settings and calls_first and self._startup.is_known
        self._startup.begin(waits_until_s=now_s + CALL_LIST_WAIT_S if waits else None)

    def drive(self, now_s: float) -> None:
        """Send the commands of the setup."""
        for command in self._startup.take_commands():
            self._channel.submit(command, now_s, self._on_step_result)

    def repeat_voice_test(self) -> None:
        """Repeat the voice test: the test may have come before the modem's voice was up, and a modem with
        voice would be lost permanently."""
        if self._startup.voiceless:
            self._startup.voice_setup_postponed = True

    def enter_pin(self, pin: str, now_s: float) -> None:
        """Enter the PIN, if the SIM waits for the PIN."""
        if self._startup.sim == SIM_PIN and not self._channel.pending(self._on_pin_result):
            self._channel.submit_text(f'AT+CPIN="{pin}"', Urgency.SET_UP, now_s, self._on_pin_result)

    def poll_sim(self, now_s: float) -> None:
        """Poll the SIM: a card that is inserted, or opened by hand, is not always reported."""
        if self._startup.sim != "READY":
            self._request_sim_state(now_s)
        else:
            self._channel.submit_text(SIM_QUERY, Urgency.IDLE, now_s, self._on_sim_result)

    def on_sim_state(self, code: str, now_s: float) -> None:
        """Process a report of the SIM's state."""
        before = self._startup.sim
        if code == before:
            return
        self._startup.sim = code
        self._request_card(now_s)
        self._channel.events.append(SimState(at_s=now_s, code=code))
        if code == "READY" and before and not self.needs_start:
            self._sim_opened = not self._startup.done
            if self._startup.done:
                self.ready = False
                self._startup.begin()

    def _on_step_result(self, finished: Finished, now_s: float) -> None:
        given_up = finished.sent_s is None or finished.outcome is Outcome.ABORTED
        if given_up and not self._channel.engine.in_sync:
            return  # The engine starts again, and so will the setup.
        text, sim_before = finished.command.text, self._startup.sim
        if text == _SET_CENTER_SETTING:
            self._settings_accepted = finished.outcome is Outcome.OK
        if text == self._channel.dialect.data.reports:
            self.reports_delivery = finished.outcome is Outcome.OK
        self._channel.events += self._network.on_answer(finished, now_s)
        if finished.outcome is Outcome.ERROR:
            self._channel.events.append(CommandRefused(at_s=now_s, command=text, error=finished.final))
        self._startup.on_result(finished, now_s)
        if self._startup.sim != sim_before:
            self._channel.events.append(SimState(at_s=now_s, code=self._startup.sim))
        if text == EMERGENCY_QUERY and self._startup.emergency_numbers:
            self._channel.events.append(EmergencyNumbers(at_s=now_s, numbers=self._startup.emergency_numbers))
        if self._startup.done and self._sim_opened:
            # Commands that need the SIM were refused before it was open; the whole setup is repeated.
            self._sim_opened = False
            self._startup.begin()
        elif self._startup.done and not self.ready and not self.needs_start:
            self.ready = True
            self._channel.events.append(Ready(at_s=now_s, identity=self._startup.identity()))

    def _request_sim_state(self, now_s: float) -> None:
        if not self._channel.pending(self._on_sim_result):
            self._channel.submit_text(SIM_QUERY, Urgency.SET_UP, now_s, self._on_sim_result)
            # A card that replaced another card may wait for the same code.
            self._request_card(now_s)

    def _request_card(self, now_s: float) -> None:
        self._startup.card = None
        if not self._channel.pending(self._on_card_result):
            self._channel.submit(card_query(self._channel.dialect), now_s, self._on_card_result)

    def _on_pin_result(self, finished: Finished, now_s: float) -> None:
        self._channel.events.append(pin_answer(finished, now_s))
        self._request_sim_state(now_s)

    def _on_sim_result(self, finished: Finished, now_s: float) -> None:
        if code := sim_state(finished):
            self.on_sim_state(code, now_s)

    def _on_card_result(self, finished: Finished, now_s: float) -> None:
        self._startup.card = iccid_of(finished)

    def _has_center_settings(self) -> bool:
        return any(_CENTER_SETTING.fullmatch(line) for line in self._channel.engine.probe_answer)


class LinePolling:
    """The polling of SIM, network, signal, radio, and stored messages."""

    def __init__(
        self, channel: Channel, readiness: Readiness, messages: ShortMessages, network: NetworkState
    ) -> None:
        self._channel, self._readiness = channel, readiness
        self._messages, self._network = messages, network

    def begin(self, now_s: float) -> None:
        """Begin polling: the modem is ready now."""
        self._network.begin(now_s)
        # After all commands that a line needs to carry calls: a slow SIM needs long for its messages.
        for query in self._network.service_queries(self._channel.dialect.data.service.ask):
            self._send_query(query, now_s)
        self._list_messages(now_s)

    def next_s(self) -> float | None:
        """Return the time when `poll_if_due` is needed; None if not needed."""
        if not self._readiness.ready or not self._channel.engine.idle:
            return None
        return self._network.next_poll_s(self._channel.dialect.data.poll.idle_s)

    def poll_if_due(self, now_s: float) -> bool:
        """Send the poll if due: a rare check that detects a silent modem early. Return True if due."""
        due_s = self.next_s()
        if due_s is None or now_s < due_s:
            return False
        for query in self._network.queries(now_s, self._channel.dialect.data.service.ask):
            if query == STORED_SMS_QUERY:
                self._readiness.repeat_voice_test()
                self._list_messages(now_s)
            elif query == SIM_QUERY:
                self._readiness.poll_sim(now_s)
            else:
                self._send_query(query, now_s)
        return True

    @property
    def listing_messages_since_s(self) -> float | None:
        """Time since when the stored messages are being listed; None if no listing is running."""
        return next((since_s for (since_s,) in self._channel.pending(self._on_messages_listed)), None)

    def switch_radio_on(self, urgency: Urgency, now_s: float) -> None:
        """Switch the radio on."""
        self._channel.submit_text(RADIO_ON, urgency, now_s, self._on_answer)

    def _send_query(self, query: str, now_s: float) -> None:
        self._channel.submit_text(query, Urgency.IDLE, now_s, self._on_answer)

    def _list_messages(self, now_s: float) -> None:
        self._channel.submit_text(STORED_SMS_QUERY, Urgency.IDLE, now_s, self._on_messages_listed, now_s)

    def _on_answer(self, finished: Finished, now_s: float) -> None:
        dialect = self._channel.dialect
        if finished.command.text == dialect.data.service.ask:
            self._network.on_ims_answer(finished, dialect.is_registered_in_ims(finished.lines))
        self._channel.events += self._network.on_answer(finished, now_s)
        if self._network.take_radio_on_due(now_s):
            self.switch_radio_on(Urgency.SET_UP, now_s)

    def _on_messages_listed(self, since_s: float, finished: Finished, now_s: float) -> None:
        self._messages.on_list(finished, now_s)
        self._network.on_messages_listed(now_s - since_s)
