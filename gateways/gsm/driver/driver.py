"""The modem driver: the requests to a modem and its reports, as one sans-IO whole.

Bytes and the time go in; bytes, events and a deadline come out. The surrounding shell opens the port, writes
the bytes of `take_output`, calls `tick` at `next_deadline`, and takes the steps that `Unresponsive` requests.
Requests are idempotent: a repeated request has no second effect. This module depends on no vendor, no clock
and no port.
"""

from __future__ import annotations

import math

from gateways.gsm.at.commands import Urgency
from gateways.gsm.at.parse import Direction, Registration
from gateways.gsm.calls.call import CallView
from gateways.gsm.calls.voice_degradation import VoiceDegradation
from gateways.gsm.dialects.dialect import CompiledDialect
from gateways.gsm.dialects.loading import AUTO, Dialects
from gateways.gsm.driver.events import CallId, Event, Identity, Ref
from gateways.gsm.driver.modem import Modem
from gateways.gsm.driver.startup import Startup
from messages.base import HangupCause
from messages.lines import VoiceService


class Driver:
    """The driver of one modem.

    `dialect`: a name, or `auto` to detect the dialect. `region` (ISO 3166) is the region of national numbers.
    `listen_first`: a former process may be dialling a call on this modem. If a byte could abort that dial,
    the driver only reads, for `dial_blocking_s` or until the lines show the end of the dial. `rings`: a dial
    of a former process may be ringing; the effect is that of `listen_first` if the OK of the dial is the
    answer. `assume`: with `auto`, the dialect detected last time, in use until the modem is identified.
    Without `assume`, the driver only reads an unknown modem after a restart for as long as the most delicate
    modem needs.
    """

    def __init__(
        self,
        dialects: Dialects,
        dialect: str = AUTO,
        *,
        region: str = "IT",
        listen_first: bool = False,
        rings: bool = False,
        assume: str = "",
    ) -> None:
        chosen = None if dialect == AUTO else dialects.get(dialect)
        assumed = dialects.get(assume) if assume in dialects else dialects.base()
        self._modem = Modem(Startup(dialects, chosen, assumed), region)
        self._listen_first, self._rings = listen_first, rings

    # --------------------------------------------------------------------------------------------- state

    @property
    def dialect(self) -> CompiledDialect:
        """Dialect in use; the base dialect until the modem's own is known."""
        return self._modem.channel.dialect

    @property
    def ever_answered(self) -> bool:
        """True if the modem has answered since this process began."""
        return self._modem.ever_answered

    @property
    def protected(self) -> bool:
        """True while the journal has a leg on this line, set by the surrounding shell: then the modem is
        never reset, regardless of the call table.
        """
        return self._modem.protected

    @protected.setter
    def protected(self, protected: bool) -> None:
        self._modem.protected = protected

    @property
    def ready(self) -> bool:
        """True if the modem is initialised and answers."""
        return self._modem.readiness.ready and not self._modem.ladder.is_recovering

    @property
    def kept_settings(self) -> bool:
        """True if the modem still had the center's settings when the port was opened: it was not reset."""
        return self._modem.readiness.kept_settings

    @property
    def knows_calls(self) -> bool:
        """True if the modem has listed its calls since the opening, or has no list; set before `ready`."""
        return self._modem.knows_calls

    @property
    def calls_synchronised(self) -> bool:
        """True if the modem has answered since the port was opened, with its list of calls if available."""
        return self.knows_calls and self._modem.channel.engine.in_sync

    @property
    def listening(self) -> bool:
        """True if the driver only reads, after a restart."""
        return self._modem.channel.engine.listening

    @property
    def identity(self) -> Identity:
        """Identity reported by the modem."""
        return self._modem.startup.identity()

    @property
    def sim(self) -> str:
        """State of the SIM, or the code that it needs (`READY`, `SIM PIN`); empty until known."""
        return self._modem.startup.sim

    @property
    def card(self) -> str | None:
        """Number of the SIM card (ICCID); empty if not reported, None until requested."""
        return self._modem.startup.card

    @property
    def voiceless(self) -> bool:
        """True if the modem has reported that it has no voice for the host, regardless of its dialect."""
        return self._modem.startup.voiceless

    @property
    def voice_degradation(self) -> VoiceDegradation:
        """Detector of degraded voice."""
        return self._modem.voice.degradation

    @property
    def voice_degraded(self) -> bool:
        """True if the voice is degraded, so that the modem has to be restarted."""
        return self.voice_degradation.degraded and bool(self.dialect.data.voice.wear_reset)

    @property
    def registration(self) -> Registration | None:
        """Registration of the SIM with the network; None until reported."""
        return self._modem.network.registration

    @property
    def voice_service(self) -> VoiceService:
        """Path that a call would take, by the modem's reports."""
        return self._modem.network.service

    @property
    def radio_off(self) -> bool:
        """True if the modem has reported its radio as off, and no registration since."""
        return self._modem.network.radio_off

    @property
    def signal_dbm(self) -> int | None:
        """Signal strength in dBm; None while unknown."""
        return self._modem.network.signal_dbm

    @property
    def pending_commands(self) -> int:
        """Number of commands without a result yet."""
        return self._modem.channel.pending_count

    @property
    def reports_delivery(self) -> bool:
        """True if the modem has agreed to deliver the network's reports on sent messages."""
        return self._modem.readiness.reports_delivery

    @property
    def listing_messages_since_s(self) -> float | None:
        """Time since when the stored messages are being listed; None if no listing is running. A dial would
        wait for the listing."""
        return self._modem.polling.listing_messages_since_s

    @property
    def is_sending_sms(self) -> bool:
        """True if a short message is being sent, or was given up and the modem has not answered since: no
        other command can run meanwhile.
        """
        return self._modem.messages.is_sending

    @property
    def members_unlisted(self) -> bool:
        """True if the modem's list shows one row for all members of a conference."""
        return self._modem.table.one_row_for_conference

    def calls(self) -> tuple[CallView, ...]:
        """Return the calls that have not been released, oldest first."""
        return self._modem.table.calls()

    def call_of(self, ref: Ref) -> CallId | None:
        """Return the call, live or ended, dialled or adopted under this reference; None if unknown."""
        return self._modem.control.call_of(ref)

    def is_hang_up_requested(self, call: CallId) -> bool:
        """Return True if the end of the call is requested."""
        return self._modem.control.is_hang_up_requested(call)

    # ----------------------------------------------------------------------------------------- requests

    def set_usb_dialect(self, dialect: CompiledDialect | None, *, at_command_port: bool = False) -> None:
        """Note the dialect of the USB ids of the modem's port; None without USB ids, or for unknown ids.

        `at_command_port`: the port is the interface that its dialect names as the command port.
        """
        self._modem.startup.by_usb = dialect
        self._modem.startup.at_command_port = at_command_port

    def assume_voiceless(self) -> None:
        """Assume a modem without voice, as found before this process began. Holds until the modem is tested;
        the test waits until no call is up."""
        self._modem.startup.voiceless = True

    def dial(
        self, ref: Ref, number: str, now_s: float, *, emergency: bool = False, until_s: float = math.inf
    ) -> CallId:
        """Call this number (E.164, or a short number). A request repeated under one `ref` dials once.

        `emergency`: the call is set up as an emergency call (teleservice 12), without hold and conference.
        `until_s`: from this time the call may no longer be dialled, even if it still waits for its turn.
        Raises RequestRefused for an invalid number.
        """
        call = self._modem.control.dial(ref, number, now_s, emergency=emergency, until_s=until_s)
        self._modem.process_events(now_s)
        return call

    def adopt(self, ref: Ref, number: str, now_s: float, *, direction: Direction = Direction.OUT) -> CallId:
        """Adopt a call that the journal records for this modem. Never dials: the call must be up.

        The call is reported as found (`CallDialing`, `CallRinging`, `CallAnswered` …), or as released.
        """
        call = self._modem.control.adopt(ref, number, now_s, direction=direction)
        self._modem.process_events(now_s)
        return call

    def assign(self, call: CallId, ref: Ref) -> None:
        """Assign this call, incoming or found, to the requester."""
        self._modem.control.assign(call, ref)

    def answer(self, call: CallId, now_s: float) -> None:
        """Answer the incoming or waiting call; an active call is put on hold. Raises RequestRefused."""
        self._modem.control.answer(call, now_s)
        self._modem.process_events(now_s)

    def hang_up(self, call: CallId, now_s: float, *, unless_answered: bool = False) -> None:
        """End or decline the call; the command is repeated until the call has ended. No error if it has
        already ended.

        `unless_answered`: only if the modem's list of calls shows the call as unanswered.
        """
        self._modem.control.hang_up(call, now_s, unless_answered=unless_answered)
        self._modem.process_events(now_s)

    def hold(self, call: CallId, now_s: float) -> None:
        """Put the active call on hold. Raises RequestRefused."""
        self._modem.control.hold(call, now_s)
        self._modem.process_events(now_s)

    def swap(self, now_s: float) -> None:
        """Exchange the active and the held call, or retrieve the held call. Raises RequestRefused."""
        self._modem.control.swap(now_s)
        self._modem.process_events(now_s)

    def conference(self, now_s: float) -> None:
        """Join the active and the held call in the network (22.084). Raises RequestRefused."""
        self._modem.control.conference(now_s)
        self._modem.process_events(now_s)

    def send_digit(self, call: CallId, digit: str, now_s: float) -> None:
        """Send one DTMF digit into the call (27.007 clause C.2.11). Raises RequestRefused."""
        self._modem.control.send_digit(call, digit, now_s)
        self._modem.process_events(now_s)

    def poll_calls(self, now_s: float) -> None:
        """Request the list of calls as soon as possible."""
        self._modem.table.want_list()
        self._modem.process_events(now_s)

    def enter_pin(self, pin: str, now_s: float) -> None:
        """Enter the PIN of the SIM. The caller limits the attempts: three wrong PINs lock the card."""
        self._modem.readiness.enter_pin(pin, now_s)
        self._modem.process_events(now_s)

    def send_sms(
        self, ref: Ref, number: str, text: str, now_s: float, *, within_s: float, report: bool = False
    ) -> None:
        """Send a short message, in parts if needed; `SmsSent` reports the outcome. Raises PduError.

        `within_s`: after this time no part is started, and no answer awaited. `report`: the network is
        requested to report the outcome of each part; `SmsReported` follows at any time, or never.
        """
        self._modem.messages.send(ref, number, text, now_s, within_s=within_s, report=report)
        self._modem.process_events(now_s)

    def read_sms(self, stored: tuple[int, ...], now_s: float) -> None:
        """Read the stored message once more: the last reading failed."""
        for index in stored:
            self._modem.messages.read(index, now_s)
        self._modem.process_events(now_s)

    def delete_sms(self, stored: tuple[int, ...], now_s: float) -> None:
        """Delete the message from the modem: it is durable elsewhere."""
        for index in stored:
            self._modem.messages.delete(index, now_s)
        self._modem.process_events(now_s)

    def send_ussd(self, code: str, now_s: float, *, within_s: float) -> None:
        """Send a USSD code to the network (`*123#`); `NetworkAnswered` reports the answer. A new code
        replaces the pending one. A call may be dialled meanwhile (22.090 clause 6.1). Raises RequestRefused
        for an invalid code.
        """
        self._modem.ussd.send(code, now_s, within_s=within_s)
        self._modem.process_events(now_s)

    def reset_degraded(self, now_s: float) -> bool:
        """Restart the modem; the caller must make sure that no call is up.

        The restart is ordered only while no other command is pending, so that no dial precedes it. Return
        True if the restart was ordered.
        """
        if self._modem.channel.pending_count:
            return False
        for text in self.dialect.data.voice.wear_reset:
            self._modem.channel.submit_text(text, Urgency.CONTROL, now_s, self._modem.on_reset_result)
        self._modem.process_events(now_s)
        return True

    # ---------------------------------------------------------------------------------- bytes and time

    def on_port_opened(self, now_s: float, *, listen_first: bool | None = None) -> None:
        """Start on a port that was opened (again): an unmistakable query first, then the list of calls."""
        # If the OK of the dial is the answer, a dial that rings may still be waiting for the OK.
        pending = self._listen_first or (self._rings and self.dialect.data.dial_ok_is_answer)
        listen = pending if listen_first is None else listen_first
        self._listen_first = self._rings = False
        self._modem.channel.is_open = True
        self._modem.list.on_opened()
        self._modem.readiness.needs_start = True
        self._modem.ladder.on_reopened()
        self._modem.process_remaining_results(now_s)
        self._modem.channel.engine.start(now_s, listen_s=self.dialect.data.dial_blocking_s if listen else 0.0)
        self._modem.process_events(now_s)

    def on_port_lost(self, now_s: float) -> None:
        """Note that the port is lost: no requests are possible. Calls may stay up; `on_port_opened` finds
        them again.
        """
        self._modem.channel.is_open = self._modem.readiness.ready = False
        self._modem.channel.engine.stop()
        self._modem.process_remaining_results(now_s)
        self._modem.table.end_unlisted_dials(
            now_s, cause=HangupCause.LINE_LOST, text="the modem's port has disappeared"
        )
        self._modem.table.on_port_lost()
        self._modem.process_events(now_s)

    def end_all_calls(self, now_s: float, text: str) -> None:
        """Report all calls as ended: the modem will not return. `text`: reason in words."""
        self._modem.table.end_all(now_s, cause=HangupCause.LINE_LOST, text=text, certain=True)
        self._modem.process_events(now_s)

    def receive(self, data: bytes, now_s: float) -> None:
        """Process bytes from the modem. No content of the bytes raises an error."""
        for _ in range(len(data) + 1):
            try:
                self._modem.channel.engine.receive(data, now_s)
                break
            except Exception as error:
                # The failed line has left the engine; the lines behind it are kept.
                self._modem.input_failed("", error, now_s)
                data = b""
        self._modem.process_events(now_s)

    def tick(self, now_s: float) -> None:
        """Do what is due in all parts of the driver at `now_s` (seconds). Call at or after
        `next_deadline`.
        """
        self._modem.channel.engine.tick(now_s)
        self._modem.table.tick(now_s)
        self._modem.startup.tick(now_s)
        self._modem.control.tick(now_s)
        self._modem.messages.tick(now_s)
        self._modem.ussd.tick(now_s)
        if self._modem.channel.is_open and self._modem.ladder.take_attempt_due(now_s):
            self._modem.readiness.needs_start = True
            self._modem.channel.engine.start(now_s)
        self._modem.process_events(now_s)

    def next_deadline(self) -> float | None:
        """Return the time, in seconds, of the next necessary `tick` if no input arrives before; None if none
        is necessary.
        """
        times = [
            self._modem.channel.engine.next_deadline(),
            self._modem.table.next_deadline(),
            self._modem.messages.next_deadline(),
            self._modem.ussd.next_deadline(),
            self._modem.control.next_stuck_s(),
            self._modem.ladder.next_deadline() if self._modem.channel.is_open else None,
        ]
        if self._modem.channel.engine.in_sync and not self._modem.channel.engine.queries_forbidden:
            times += [
                self._modem.startup.next_deadline(),
                self._modem.voice.next_deadline(),
                self._modem.control.next_deadline(),
                self._modem.list.next_s(),
                self._modem.polling.next_s(),
            ]
        return min((time for time in times if time is not None), default=None)

    def take_output(self, now_s: float = -math.inf) -> bytes:
        """Return the bytes to write now, through the port's dial guard.

        `now_s`: a dial whose time is over by then is left out; its call has ended.
        """
        if self._modem.channel.engine.withdraw_expired(now_s):
            self._modem.process_events(now_s)
        return self._modem.channel.engine.take_output()

    def take_events(self) -> list[Event]:
        """Return the events since the last call, in order."""
        events = list(self._modem.channel.events)
        self._modem.channel.events.clear()
        return events

    def write_refused(self, now_s: float, reason: str) -> None:
        """Note that the dial guard refused the bytes of `take_output`: a call dialled by them has ended."""
        self._modem.control.on_dial_refused(now_s, reason)
        self._modem.channel.engine.fail_in_flight(now_s)
        self._modem.process_events(now_s)
