"""The process of one modem: its port, its driver, and the legs whose calls it carries.

If this process is killed, its calls stay up: the modem holds the calls, and the next process takes them over.
The driver decides the commands for the modem; `LegsOnLine` decides which call belongs to which leg. This
module connects both with the port, with the messages of other actors, and with the clock.
"""

from __future__ import annotations

import hashlib
from typing import ClassVar

from thespian.actors import ActorAddress

from gateways.gsm.calls.voice_degradation import DegradedModemReset
from gateways.gsm.dialects.loading import Dialects, installed
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
from gateways.gsm.line.adoption import KEPT
from gateways.gsm.line.alarm import WORN, Health, LineAlarm
from gateways.gsm.line.credit import LineCreditAsking
from gateways.gsm.line.files import FailedReads, Remembered
from gateways.gsm.line.journal import LineJournal
from gateways.gsm.line.legs_on_line import LegsOnLine, Order
from gateways.gsm.line.orders import Orders, OrderTurn, RightToDial
from gateways.gsm.line.port_hold import PortHold
from gateways.gsm.line.report import LineReports
from gateways.gsm.line.short_messages import IncomingTexts, Sending
from gateways.gsm.port.dial_guard import DialGuard
from gateways.gsm.port.modem_port import ModemPort
from gateways.gsm.port.places import places
from gateways.gsm.port.search import SeenPort, roles_of
from gateways.gsm.port.serial_port import Port
from gateways.gsm.port.tcp_port import open_port
from gateways.gsm.port.whereabouts import ModemLocation
from gateways.gsm.tracing.live import Tracing
from messages import calls
from messages.envelope import Envelope
from messages.ids import SECOND, Instant, LegId, Role
from messages.lines import AskLine, LineState
from messages.sms import SendText, SmsKept
from model.alert.leg import Leg, LegState, place_of
from model.rules.calls.psap import last_resort_numbers
from model.settings.port_names import CARD, by_card
from model.setup import Setup
from runtime.actor import CenterActor
from runtime.published import line_files
from runtime.published.line_files import pin_typed
from store.journal.journal import Journal


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
        self._remembered = Remembered(self.env.run, self._spec.line)
        legs = self._journal.legs_left()
        self._guard = DialGuard(
            psap_live=setup.settings.psap.live,
            trunk_emergency=self._spec.emergency,
            last_resort=last_resort_numbers(setup.settings),
        )
        card = by_card(self._spec.voice_port)
        dialects = self.dialects()
        if card:
            dialects = dialects.by_card(own=self._spec.voice_port == CARD)
        self._where = ModemLocation(
            self._spec,
            [spec for spec in setup.settings.lines if spec is not self._spec],
            self.env.state / "lines",
            places=self.places,
            open_port=lambda path: self.open_port(path, self._guard),
            roles=roles_of(dialects),
            base=dialects.base(),
        )
        port = ModemPort(
            self._where,
            lambda path: self.open_port(path, self._guard),
            self,
            readable=self._readable,
            told=self._open,
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
            assume=self._remembered.dialect,
        )
        if self._remembered.voiceless:
            self._driver.assume_voiceless()
        self._driver.voice_degradation.degraded = self._journal.is_said(WORN)
        kin = [spec for spec in setup.settings.lines if spec.emergency is self._spec.emergency]
        self._wear_reset = DegradedModemReset(
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
        self._legs.standing.left = legs
        self._right = RightToDial(journal, self._legs, self.now_us, self.log)
        self._orders = Orders(self._legs, self._driver, now_us)
        self._who: dict[tuple[LegId, int], ActorAddress] = {}
        self._tracing = Tracing(self.env.run / f"{self.key}.trace")
        self._alarm = LineAlarm(self._spec.line, now_us)
        self._hold = PortHold(
            self,
            self._where,
            port,
            self._driver,
            dialects,
            self._legs.standing,
            self._journal,
            self._tracing,
        )
        self._reports = LineReports(
            self,
            self._spec,
            self._driver,
            self._where,
            self._hold,
            self._pins,
            self._legs,
            self._journal,
        )
        self._left_calls, self._calls_known = bool(legs), False
        self._sending = Sending(self._spec.line, self._driver, self._journal)
        self._credit = LineCreditAsking(
            self._spec.line, self._spec.credit, self._driver, self._journal, self.env.run, self.env.state
        )
        self._failed = FailedReads(self.env.state / "lines" / f"{self.key}.unread")
        self._texts = IncomingTexts(self._spec.line, self._driver, self._credit, self._failed, self.log)
        self._open()
        self._say_back(legs)

    def dialects(self) -> Dialects:
        """Return the installed modem dialects; a test may replace them."""
        return installed()

    def places(self) -> list[SeenPort]:
        """Return the ports at which the modem may be plugged in; a test may replace them."""
        return places(self.env.run)

    def open_port(self, path: str, guard: DialGuard) -> Port:
        """Open the port at `path`; `guard` refuses emergency numbers that are not permitted. Raises PortLost,
        PortBusy.
        """
        return open_port(path, guard)

    def stopping(self) -> None:
        """Release the port; the calls stay up."""
        self._hold.stop()
        self._journal.close()

    def _say_back(self, legs: list[Leg]) -> None:
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
                self._heard_from(body, sender)
                self._orders.heard_of_legs(self.now_us())
                self._order(body, envelope)
            case calls.RejectCall(call=call):
                self._legs.ringing.reject(call, self._now_s())
            case AskLine():
                self._reports.tell_again()
            case SmsKept(key=key):
                self._texts.kept(key, self.now_us())
            case SendText(text=text):
                if self._is_free():
                    self._sending.order(text, self._now_s())
            case _:
                super().receive(envelope, sender)
        self._work()

    def tick(self, now_us: Instant) -> None:
        """Report the line's state, ringing calls, short messages and alarms; end unowned calls; restart a
        degraded modem. Runs every second.
        """
        self._hold.give_up_calls()
        if self._driver.ready:
            self._remembered.note_voiceless(self._driver.voiceless)
        self._reports.tell_again()
        self._tracing.look(self._driver.dialect.key, self._now_s())
        self._end_forgotten(now_us)
        # Read before `_work`: most orphan calls end within this tick, and must be reported too.
        ghosts = self._legs.nobodys.ghosts
        self._say_incoming()
        self._say_texts()
        self._sending.tell_again()
        self._credit.look(now_us, free=self._is_free() and not self._driver.is_sending_sms)
        self._reset_worn(now_us)
        self._work()
        self._back_in_service()
        self._open_sim()
        health = Health(
            *self._reports.condition(),
            dbm=self._driver.signal_dbm,
            failing=self._legs.faults.failing,
            dials_well=self._legs.faults.last_dial_succeeded,
            ghosts=ghosts,
            worn=self._driver.voice_degraded,
            unread=self._texts.unread_last,
        )
        self._journal.tell_alarms(self._alarm, health, now_us)

    def timer(self, timer: object, now_us: Instant) -> None:
        """Run the driver's next step, or open the port again if the timer is `open`."""
        if timer == "open":
            self._open()
        else:
            self._driver.tick(self._now_s())
            self._say_incoming()
        self._work()

    def _end_forgotten(self, now_us: Instant) -> None:
        """End the calls that belong to no live leg in the journal: the leg was given up while this line was
        unreachable, or no leg has dialled the call. The party of such a call hears nothing, and the line
        cannot be used until the call has ended.
        """
        strays, forgotten = self._legs.nobodys.strays(self._now_s()), self._orders.seem_forgotten(now_us)
        if not strays and not forgotten:
            return
        standing = self._journal.who_stands_here()
        self._legs.standing.left = standing or []
        if forgotten and standing == []:
            self.log.warning("an unowned call is hung up", line=self.key)
            self._legs.nobodys.end_all(self._now_s())
        elif standing is not None and self._legs.nobodys.end_strays(strays, self._now_s()):
            self.log.warning("an unowned call is hung up", line=self.key)

    def _now_s(self) -> float:
        return self.now_us() / SECOND

    def _open(self) -> None:
        """Open the port; also called when a port that the search has probed has answered."""
        if self._hold.open():
            self._work()

    def _readable(self) -> None:
        if self._hold.read() and self._legs.ringing.unsettled:
            self._say_incoming()
        self._work()

    # ------------------------------------------------------------ consequences

    def _work(self) -> None:
        """Write the driver's output, report its events, and set the timer to its deadline."""
        for _ in range(100):
            for report in (
                *self._legs.standing.unheard_is(self._journal.quarantined),
                *self._legs.go_on(self._now_s()),
            ):
                self._tell_leg(report)
            self._hold.write()
            events = self._driver.take_events()
            if not events:
                break
            for event in events:
                self._follow(event)
            if not self._calls_known and self._driver.knows_calls:
                self._calls_known = True
                self.log.info("calls known", line=self.key, calls=len(self._driver.calls()))
            for order, envelope in self._orders.take_waiting():
                self._order(order, envelope)
        self._hold.look()
        self._driver.protected = (
            self._legs.standing.live
            or self._orders.waits_since_lately(self.now_us())
            # A call of the last process may still be up, even if its case has closed since.
            or (self._left_calls and not self._calls_known)
        )
        self._reports.say()
        now_s = self._now_s()
        dues = (self._driver.next_deadline(), self._legs.next_s(now_s))
        due = min((when for when in dues if when is not None), default=None)
        if due is None:
            self.cancel("driver")
        else:
            # Rounded up: a timer that runs a microsecond early would find nothing to do and be set again.
            self.at(Instant(int(due * SECOND) + 1), "driver")

    def _open_sim(self) -> None:
        """Enter the PIN that the SIM waits for, if permitted."""
        card = self._driver.card
        if card is None or not self._driver.ready or self._driver.sim != SIM_PIN:
            return
        if pin := self._pins.to_give(card):
            self._driver.enter_pin(pin, self._now_s())

    def _follow(self, event: Event) -> None:
        """Process the event. An event that fails twice is skipped; after the first failure a restarted
        process may find the cause gone.
        """
        try:
            self._happened(event)
        except Exception as error:
            if not self._failed.failed(_digest(type(event).__name__, where_raised(error)), self.now_us()):
                raise
            self.log.exception(
                "an event of the modem fails twice and is skipped", line=self.key, what=type(event).__name__
            )

    def _happened(self, event: Event) -> None:
        match event:
            case CallEvent() | VoiceReady():
                report = self._legs.hear(event, self._now_s())
                self._reports.file_voice()
                if isinstance(report, calls.CallReport):
                    self._tell_leg(report)
                elif report is not None:
                    self.tell(Role.ALERT_INTAKE, "", report)
                self._say_incoming()
            case NetworkAnswered():
                self._credit.heard(event, self.now_us())
            case SmsReceived():
                self._texts.hear(event, self.now_us())
                self._say_texts()
            case SmsFailed():
                self._texts.hear_failed(event, self.now_us())
                self._say_texts()
            case InputFailed(text=text, error=error):
                if not self._failed.is_given_up(key := _digest(text, error)):
                    self._failed.failed(key, self.now_us())
                    self.log.error(
                        "a line of the modem's output cannot be parsed", line=self.key, error=error
                    )
            case SmsSent():
                modem_log.note(self.log, self.key, event)
                self._sending.hear(event)
            case SmsReported(stored=stored):
                self._sending.reported(event)
                self._driver.delete_sms(stored, self._now_s())
            case EmergencyNumbers(numbers=numbers):
                self._guard.learn(numbers)
            case PinAnswered(right=right, text=text):
                self._pins.answered(right=right)
                self.log.info("the PIN was given", line=self.key, right=right, text=text)
            case SimState(code="READY"):
                self._pins.opened()
            case Ready():
                if self._driver.sim == SIM_PIN:
                    # The modem was set up again and its SIM still waits for the PIN: the PIN did not open the
                    # SIM.
                    self._pins.answered(right=None)
                self._ready()
                self._open_sim()
            case Responsive():
                self._hold.trouble = ""
            case HangUpStuck(call=call):
                modem_log.note(self.log, self.key, event)
                released = self._legs.stuck(call)
                if released is not None:
                    self._tell_leg(released)
            case Unresponsive(stage=stage):
                self._hold.climb(stage)
            case _:
                modem_log.note(self.log, self.key, event)

    def _ready(self) -> None:
        self._hold.trouble = ""
        if self._where.is_not_it(self._driver.identity.imei, self._now_s()):
            self._hold.is_another_s()
            return
        if self._driver.voiceless:
            self.log.warning("the modem's firmware provides no audio to the host", line=self.key)
        self._remembered.note_dialect(self._driver.dialect.key)
        self._back_in_service()

    def _back_in_service(self) -> None:
        """Note the return of a line that was taken out of service, perhaps by an earlier process."""
        if self._journal.quarantined and self._driver.ready:
            self._journal.returned()

    # ------------------------------------------------------------ legs

    def _order(self, order: Order, envelope: Envelope) -> None:
        match self._orders.turn(order, envelope, self.now_us()):
            case OrderTurn.TOO_LATE:
                self.log.warning("the order to dial has expired", line=self.key, leg=order.leg)
            case OrderTurn.NOW:
                until_s = self._right.until_s(order, envelope.node, envelope.alert)
                if until_s <= self._now_s():
                    self.log.error(
                        "the order to dial is refused: the ordering node does not hold the alert",
                        node=envelope.node,
                        leg=order.leg,
                    )
                    return
                report = self._legs.obey(order, self._now_s(), until_s)
                # Write the dial command first: the report about the dial can wait.
                self._hold.write()
                self._tell_leg(report)
            case OrderTurn.WAITS:
                pass

    def _heard_from(self, order: Order, sender: ActorAddress) -> None:
        """Note the sender as the receiver of reports about this attempt; only the newest KEPT attempts are
        kept.
        """
        self._who.pop((order.leg, order.attempt), None)
        self._who[order.leg, order.attempt] = sender
        while len(self._who) > KEPT:
            del self._who[next(iter(self._who))]

    def _tell_leg(self, report: calls.CallReport) -> None:
        who = self._who.get((report.leg, report.attempt))
        if who is not None:
            self.answer(who, report)

    def _say_incoming(self) -> None:
        for call in self._legs.ringing.told(self._now_s()):
            self.tell(Role.ALERT_INTAKE, "", call)

    def _say_texts(self) -> None:
        for text in self._texts.waiting:
            self.tell(Role.ALERT_INTAKE, "", text)

    def _is_free(self) -> bool:
        """Return True if the line has no call and expects none: the modem is ready and its list of calls is
        known.
        """
        ready = self._reports.condition()[0] is LineState.READY and self._driver.knows_calls
        return ready and not self._driver.calls() and not self._driver.protected

    # ------------------------------------------------------------ the line

    def _reset_worn(self, now_us: Instant) -> None:
        """Restart a modem with degraded voice, if the line has no call and no leg is about to use the
        line.
        """
        if not self._driver.voice_degraded or not self._is_free() or self._driver.is_sending_sms:
            return
        if not self._wear_reset.is_allowed(line_files.read_all(self.env.run).values(), now_us):
            return
        if self._journal.who_stands_here() == [] and self._driver.reset_degraded(self._now_s()):
            self.log.warning("the modem is reset: its audio is degraded", line=self.key)
            self._wear_reset.on_ordered(now_us)


def _digest(*said: str) -> str:
    """Return a digest (24 hexadecimal digits) that identifies an input without revealing its content."""
    return hashlib.sha256("\0".join(said).encode()).hexdigest()[:24]
