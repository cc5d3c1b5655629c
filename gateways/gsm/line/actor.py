"""The process of one modem: its port, its driver, and the legs whose calls it carries.

If this process is killed, its calls stay up: the modem holds the calls, and the next process takes them over.
The driver decides the commands for the modem; `LegsOnLine` decides which call belongs to which leg. This
module connects both with the port, with the messages of other actors, and with the clock.
"""

from __future__ import annotations

import hashlib
from typing import ClassVar, Final

from thespian.actors import ActorAddress

from gateways.gsm.calls.voice_degradation import DegradedModemReset
from gateways.gsm.dialects.loading import Dialects, installed_dialects
from gateways.gsm.driver.driver import Driver
from gateways.gsm.driver.events import (
    CallEvent,
    EmergencyNumbers,
    Event,
    HangUpStuck,
    InputFailed,
    NetworkAnswered,
    PinAnswered,
    Ready,
    Responsive,
    SimState,
    SmsFailed,
    SmsReceived,
    SmsReported,
    SmsSent,
    Unresponsive,
    VoiceReady,
)
from gateways.gsm.driver.pin_memory import PinMemory
from gateways.gsm.driver.startup import SIM_PIN
from gateways.gsm.errors import where_raised
from gateways.gsm.line import modem_log
from gateways.gsm.line.alarm import VOICE_DEGRADED, LineAlarms, LineHealth
from gateways.gsm.line.credit import LineCreditQuery
from gateways.gsm.line.files import FailedReads, ModemMemory
from gateways.gsm.line.journal import LineJournal
from gateways.gsm.line.leg_register import MAX_ATTEMPTS_KEPT
from gateways.gsm.line.legs_on_line import LegsOnLine, Order
from gateways.gsm.line.orders import Orders, OrderTiming, RightToDial
from gateways.gsm.line.port_control import PortControl
from gateways.gsm.line.report import LineReports
from gateways.gsm.line.short_messages import IncomingTexts, OutgoingTexts
from gateways.gsm.port.dial_guard import DialGuard
from gateways.gsm.port.modem_location import ModemLocation
from gateways.gsm.port.modem_port import ModemPort
from gateways.gsm.port.places import present_ports
from gateways.gsm.port.search import SeenPort, roles_of
from gateways.gsm.port.serial_port import Port
from gateways.gsm.port.tcp_port import open_port
from gateways.gsm.tracing.live import LineTrace
from messages import calls
from messages.envelope import Envelope
from messages.ids import SECOND, Instant, LegId, Role
from messages.lines import AskLine, LineState
from messages.sms import SendText, SmsKept
from model.alert.leg import Leg, LegState, place_of
from model.rules.calls.psap import last_resort_numbers
from model.settings.port_names import CARD, by_card
from model.setup import Setup
from runtime.actor import TICK_US, CenterActor
from runtime.published import line_files
from runtime.published.line_files import pin_typed
from store.journal.journal import Journal

IDLE_PACE_US: Final = 2 * TICK_US
"""Interval of ticks and heartbeats of an idle line, in microseconds. A center has many idle lines, and waking
their processes costs more than the work of a tick.
"""


class GsmModemActor(CenterActor):
    """The actor of one line: opens the modem's AT port, carries out the orders of legs, and reports calls and
    short messages.
    """

    role: ClassVar[Role] = Role.GSM_MODEM

    def started(self) -> None:
        """Read the line's state from the journal and from files of the last process, then open the port."""
        setup = self.env.settings_as(Setup)
        self._spec = next(spec for spec in setup.settings.lines if spec.line == self.key)
        journal = self.env.open_journal_as(Journal)
        self._journal = LineJournal(journal, self._spec.line, self.env.node, self.log)
        self._modem_memory = ModemMemory(self.env.run, self._spec.line)
        legs = self._journal.legs_at_start()
        self._guard = DialGuard(
            psap_live=setup.settings.psap.live,
            trunk_emergency=self._spec.emergency,
            last_resort=last_resort_numbers(setup.settings),
        )
        card = by_card(self._spec.voice_port)
        dialects = self.dialects()
        if card:
            dialects = dialects.by_card(own=self._spec.voice_port == CARD)
        self._location = ModemLocation(
            self._spec,
            [spec for spec in setup.settings.lines if spec is not self._spec],
            self.env.state / "lines",
            places=self.places,
            open_port=lambda path: self.open_port(path, self._guard),
            roles=roles_of(dialects),
            base=dialects.base(),
        )
        port = ModemPort(
            self._location,
            lambda path: self.open_port(path, self._guard),
            self,
            on_readable=self._on_readable,
            on_probe_readable=self._open,
        )
        self._pins = PinMemory(
            self._spec.pin_file,
            self.env.state / "lines" / f"{self.key}.pin",
            typed=pin_typed(self.env.state, self._spec.line),
        )
        self._driver = Driver(
            dialects,
            self._spec.dialect,
            region=setup.settings.region,
            listen_first=any(leg.state is LegState.ORIGINATING for leg in legs),
            rings=any(leg.state is LegState.RINGING and leg.call is None for leg in legs),
            assume=self._modem_memory.dialect,
        )
        if self._modem_memory.voiceless:
            self._driver.assume_voiceless()
        self._driver.voice_degradation.degraded = self._journal.is_alarm_active(VOICE_DEGRADED)
        kin = [spec for spec in setup.settings.lines if spec.emergency is self._spec.emergency]
        self._degraded_reset = DegradedModemReset(
            self._spec.line, emergency=self._spec.emergency, alone=len(kin) == 1
        )
        now_us = self.now_us()
        self._legs = LegsOnLine(
            self._spec.line,
            self._driver,
            first_number=now_us,
            voice_path="",
            voice_kind=CARD if card else "tty",
            number_within_s=setup.settings.user.caller_number_within_s,
            gains=self._spec.gains,
            emergency=self._spec.emergency,
        )
        self._legs.register.journal_legs = legs
        self._right = RightToDial(journal, self._legs, self.now_us, self.log)
        self._orders = Orders(self._legs, self._driver, now_us)
        self._leg_senders: dict[tuple[LegId, int], ActorAddress] = {}
        self._tracing = LineTrace(self.env.run / f"{self.key}.trace")
        self._alarm = LineAlarms(self._spec.line, now_us)
        self._port = PortControl(
            self,
            self._location,
            port,
            self._driver,
            dialects,
            self._legs.register,
            self._journal,
            self._tracing,
        )
        self._reports = LineReports(
            self,
            self._spec,
            self._driver,
            self._location,
            self._port,
            self._pins,
            self._legs,
            self._journal,
        )
        self._had_calls, self._calls_known = bool(legs), False
        self._sending = OutgoingTexts(self._spec.line, self._driver, self._journal)
        self._credit = LineCreditQuery(
            self._spec.line, self._spec.credit, self._driver, self._journal, self.env.run, self.env.state
        )
        self._failed_reads = FailedReads(self.env.state / "lines" / f"{self.key}.unread")
        self._texts = IncomingTexts(self._spec.line, self._driver, self._credit, self._failed_reads, self.log)
        self._open()
        self._notify_legs_of_return(legs)

    def dialects(self) -> Dialects:
        """Return the installed modem dialects; a test may replace them."""
        return installed_dialects()

    def places(self) -> list[SeenPort]:
        """Return the ports at which the modem may be plugged in; a test may replace them."""
        return present_ports(self.env.run)

    def open_port(self, path: str, guard: DialGuard) -> Port:
        """Open the port at `path`; `guard` refuses emergency numbers that are not permitted. Raises PortLost,
        PortBusy.
        """
        return open_port(path, guard)

    def stopping(self) -> None:
        """Release the port; the calls stay up."""
        self._port.stop()
        self._journal.close()

    def _notify_legs_of_return(self, legs: list[Leg]) -> None:
        """Notify the legs that this line is back, so that each requests its call now; by themselves they
        repeat their orders only every second.
        """
        case = self._journal.case
        if case is not None and case.owner is not None:
            for leg in legs:
                back = calls.LineBack(line=self._spec.line)
                key = f"{case.owner.worker}/{place_of(leg.leg)}"
                self.tell_node(case.owner.node, Role.CALL_LEG, key, back, case.alert)

    # ------------------------------------------------------------ messages and time

    def receive(self, envelope: Envelope, sender: ActorAddress) -> None:
        """Process an order of a leg, a short message to send or kept, or a request for the state of the
        line.
        """
        body = envelope.body
        match body:
            case calls.DialCall() | calls.AnswerCall() | calls.AttachCall() | calls.HangUpCall():
                self._note_sender(body, sender)
                self._orders.on_leg_request(self.now_us())
                self._execute_or_queue(body, envelope)
            case calls.RejectCall(call=call):
                self._legs.ringing.reject(call, self._now_s())
            case AskLine():
                self._reports.republish()
            case SmsKept(key=key):
                self._texts.on_stored(key, self.now_us())
            case SendText(text=text):
                if self._is_free():
                    self._sending.send(text, self._now_s())
            case _:
                super().receive(envelope, sender)
        self._process_driver()

    def pace_us(self) -> int:
        """Return a second, or IDLE_PACE_US for a line without calls and without short messages to publish."""
        return IDLE_PACE_US if self._is_free() and not self._texts.waiting else TICK_US

    def tick(self, now_us: Instant) -> None:
        """Report the line's state, ringing calls, short messages and alarms; end unowned calls; restart a
        degraded modem.
        """
        self._port.give_up_calls()
        if self._driver.ready:
            self._modem_memory.note_voiceless(self._driver.voiceless)
        self._reports.republish_if_due()
        self._tracing.start_or_end(self._driver.dialect.key, self._now_s())
        self._end_unowned_calls(now_us)
        # Read before `_process_driver`: most orphan calls end within this tick, and must be reported too.
        orphans = self._legs.unowned.orphan_count
        self._publish_incoming_calls()
        self._publish_texts()
        self._sending.retry_records()
        self._credit.continue_order(now_us, free=self._is_free() and not self._driver.is_sending_sms)
        self._reset_degraded(now_us)
        self._process_driver()
        self._return_to_service()
        self._enter_pin()
        health = LineHealth(
            *self._reports.condition(),
            dbm=self._driver.signal_dbm,
            failing=self._legs.dial_faults.failing,
            last_dial_succeeded=self._legs.dial_faults.last_dial_succeeded,
            orphans=orphans,
            voice_degraded=self._driver.voice_degraded,
            text_unreadable=self._texts.last_unreadable,
        )
        self._journal.record_alarms(self._alarm, health, now_us)

    def timer(self, timer: object, now_us: Instant) -> None:
        """Run the driver's next step, or open the port again if the timer is `open`."""
        if timer == "open":
            self._open()
        else:
            self._driver.tick(self._now_s())
            self._publish_incoming_calls()
        self._process_driver()

    def _end_unowned_calls(self, now_us: Instant) -> None:
        """End the calls that belong to no live leg in the journal: the leg was given up while this line was
        unreachable, or no leg has dialled the call. The party of such a call hears nothing, and the line
        cannot be used until the call has ended.
        """
        unowned, forgotten = (
            self._legs.unowned.take_unowned(self._now_s()),
            self._orders.take_unrequested(now_us),
        )
        if not unowned and not forgotten:
            return
        legs = self._journal.read_legs()
        self._legs.register.journal_legs = legs or []
        if forgotten and legs == []:
            self.log.warning("an unowned call is hung up", line=self.key)
            self._legs.unowned.end_all(self._now_s())
        elif legs is not None and self._legs.unowned.end_unowned(unowned, self._now_s()):
            self.log.warning("an unowned call is hung up", line=self.key)

    def _now_s(self) -> float:
        return self.now_us() / SECOND

    def _open(self) -> None:
        """Open the port; also called when a port that the search has probed has answered."""
        if self._port.open():
            self._process_driver()

    def _on_readable(self) -> None:
        if self._port.read() and self._legs.ringing.has_unconfirmed_number:
            self._publish_incoming_calls()
        self._process_driver()

    # ------------------------------------------------------------ consequences

    def _process_driver(self) -> None:
        """Write the driver's output, report its events, and set the timer to its deadline."""
        for _ in range(100):
            for report in (
                *self._legs.register.set_state_unknown(self._journal.quarantined),
                *self._legs.join_calls(self._now_s()),
            ):
                self._report_to_leg(report)
            self._port.write()
            events = self._driver.take_events()
            if not events:
                break
            for event in events:
                self._process_or_skip(event)
            if not self._calls_known and self._driver.knows_calls:
                self._calls_known = True
                self.log.info("calls known", line=self.key, calls=len(self._driver.calls()))
            for order, envelope in self._orders.take_waiting():
                self._execute_or_queue(order, envelope)
        self._port.end_absence()
        self._driver.protected = (
            self._legs.register.live
            or self._orders.has_recent_waiting(self.now_us())
            # A call of the last process may still be up, even if its case has closed since.
            or (self._had_calls and not self._calls_known)
        )
        self._reports.publish()
        now_s = self._now_s()
        deadlines_s = (self._driver.next_deadline(), self._legs.next_s(now_s))
        deadline_s = min((when for when in deadlines_s if when is not None), default=None)
        if deadline_s is None:
            self.cancel("driver")
        else:
            # Rounded up: a timer that runs a microsecond early would find nothing to do and be set again.
            self.at(Instant(int(deadline_s * SECOND) + 1), "driver")

    def _enter_pin(self) -> None:
        """Enter the PIN that the SIM waits for, if permitted."""
        card = self._driver.card
        if card is None or not self._driver.ready or self._driver.sim != SIM_PIN:
            return
        if pin := self._pins.take_pin(card):
            self._driver.enter_pin(pin, self._now_s())

    def _process_or_skip(self, event: Event) -> None:
        """Process the event. An event that fails twice is skipped; after the first failure a restarted
        process may find the cause gone.
        """
        try:
            self._process(event)
        except Exception as error:
            if not self._failed_reads.count_failure(
                _digest(type(event).__name__, where_raised(error)), self.now_us()
            ):
                raise
            self.log.exception(
                "an event of the modem fails twice and is skipped", line=self.key, what=type(event).__name__
            )

    def _process(self, event: Event) -> None:
        match event:
            case CallEvent() | VoiceReady():
                report = self._legs.on_event(event, self._now_s())
                self._reports.write_voice()
                if isinstance(report, calls.CallReport):
                    self._report_to_leg(report)
                elif report is not None:
                    self.tell(Role.ALERT_INTAKE, "", report)
                self._publish_incoming_calls()
            case NetworkAnswered():
                self._credit.on_network_answer(event, self.now_us())
            case SmsReceived():
                self._texts.on_received(event, self.now_us())
                self._publish_texts()
            case SmsFailed():
                self._texts.on_unreadable(event, self.now_us())
                self._publish_texts()
            case InputFailed(text=text, error=error):
                if not self._failed_reads.is_given_up(key := _digest(text, error)):
                    self._failed_reads.count_failure(key, self.now_us())
                    self.log.error(
                        "a line of the modem's output cannot be parsed", line=self.key, error=error
                    )
            case SmsSent():
                modem_log.note(self.log, self.key, event)
                self._sending.on_sent(event)
            case SmsReported(stored=stored):
                self._sending.on_report(event)
                self._driver.delete_sms(stored, self._now_s())
            case EmergencyNumbers(numbers=numbers):
                self._guard.learn(numbers)
            case PinAnswered(right=right, text=text):
                self._pins.on_pin_answer(right=right)
                self.log.info("the PIN was given", line=self.key, right=right, text=text)
            case SimState(code="READY"):
                self._pins.on_sim_ready()
            case Ready():
                if self._driver.sim == SIM_PIN:
                    # The modem was set up again and its SIM still waits for the PIN: the PIN did not open the
                    # SIM.
                    self._pins.on_pin_answer(right=None)
                self._on_ready()
                self._enter_pin()
            case Responsive():
                self._port.fault = ""
            case HangUpStuck(call=call):
                modem_log.note(self.log, self.key, event)
                released = self._legs.release_stuck(call)
                if released is not None:
                    self._report_to_leg(released)
            case Unresponsive(stage=stage):
                self._port.take_recovery_step(stage)
            case _:
                modem_log.note(self.log, self.key, event)

    def _on_ready(self) -> None:
        self._port.fault = ""
        if self._location.reject_other_modem(self._driver.identity.imei, self._now_s()):
            self._port.close_wrong_modem()
            return
        if self._driver.voiceless:
            self.log.warning("the modem's firmware provides no audio to the host", line=self.key)
        self._modem_memory.note_dialect(self._driver.dialect.key)
        self._return_to_service()

    def _return_to_service(self) -> None:
        """Note the return of a line that was taken out of service, perhaps by an earlier process."""
        if self._journal.quarantined and self._driver.ready:
            self._journal.return_to_service()

    # ------------------------------------------------------------ legs

    def _execute_or_queue(self, order: Order, envelope: Envelope) -> None:
        match self._orders.timing(order, envelope, self.now_us()):
            case OrderTiming.TOO_LATE:
                self.log.warning("the order to dial has expired", line=self.key, leg=order.leg)
            case OrderTiming.NOW:
                until_s = self._right.until_s(order, envelope.node, envelope.alert)
                if until_s <= self._now_s():
                    self.log.error(
                        "the order to dial is refused: the ordering node does not hold the alert",
                        node=envelope.node,
                        leg=order.leg,
                    )
                    return
                report = self._legs.execute(order, self._now_s(), until_s)
                # Write the dial command first: the report about the dial can wait.
                self._port.write()
                self._report_to_leg(report)
            case OrderTiming.LATER:
                pass

    def _note_sender(self, order: Order, sender: ActorAddress) -> None:
        """Note the sender as the receiver of reports about this attempt; only the newest KEPT attempts are
        kept.
        """
        self._leg_senders.pop((order.leg, order.attempt), None)
        self._leg_senders[order.leg, order.attempt] = sender
        while len(self._leg_senders) > MAX_ATTEMPTS_KEPT:
            del self._leg_senders[next(iter(self._leg_senders))]

    def _report_to_leg(self, report: calls.CallReport) -> None:
        sender = self._leg_senders.get((report.leg, report.attempt))
        if sender is not None:
            self.answer(sender, report)

    def _publish_incoming_calls(self) -> None:
        for call in self._legs.ringing.to_publish(self._now_s()):
            self.tell(Role.ALERT_INTAKE, "", call)

    def _publish_texts(self) -> None:
        for text in self._texts.waiting:
            self.tell(Role.ALERT_INTAKE, "", text)

    def _is_free(self) -> bool:
        """Return True if the line has no call and expects none: the modem is ready and its list of calls is
        known.
        """
        ready = self._reports.condition()[0] is LineState.READY and self._driver.knows_calls
        return ready and not self._driver.calls() and not self._driver.protected

    # ------------------------------------------------------------ the line

    def _reset_degraded(self, now_us: Instant) -> None:
        """Restart a modem with degraded voice, if the line has no call and no leg is about to use the
        line.
        """
        if not self._driver.voice_degraded or not self._is_free() or self._driver.is_sending_sms:
            return
        if not self._degraded_reset.is_allowed(line_files.read_all(self.env.run).values(), now_us):
            return
        if self._journal.read_legs() == [] and self._driver.reset_degraded(self._now_s()):
            self.log.warning("the modem is reset: its audio is degraded", line=self.key)
            self._degraded_reset.on_ordered(now_us)


def _digest(*parts: str) -> str:
    """Return a digest (24 hexadecimal digits) that identifies an input without revealing its content."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:24]
