"""The modem driver: what can be asked of a modem, and what it shows, as one sans-IO whole.

Bytes and the time go in; bytes, events and a deadline come out. The shell around it opens the port,
writes what `take_output` gives, calls `tick` at `next_deadline`, and does what `Unresponsive` asks for.
Requests are idempotent: asked for twice they do nothing twice. This module knows no vendor, no clock
and no port.
"""

from __future__ import annotations

import math

from gateways.gsm.at.commands import Urgency
from gateways.gsm.at.parse import Direction, Registration
from gateways.gsm.calls.call import CallView
from gateways.gsm.calls.wear import VoiceWear
from gateways.gsm.dialects.dialect import CompiledDialect
from gateways.gsm.dialects.loading import AUTO, Dialects
from gateways.gsm.driver.events import CallId, Event, Identity, Ref
from gateways.gsm.driver.modem import Modem
from gateways.gsm.driver.startup import Startup
from messages.base import HangupCause
from messages.lines import VoiceService


class Driver:
    """See the module.

    `dialect`: a name, or `auto` to ask the modem. `region` (ISO 3166) places national numbers.
    `listen_first`: a call of a former process may be being dialled on this modem; where a byte could
    abort that, only read for `dial_blocking_s`, or until the lines show that the dial is over. `rings`: one
    of its dials may be ringing, which comes to the same where the OK of the dial is the answer. `assume`:
    with `auto`, the dialect that the modem was found to speak last time, which holds until it is asked;
    without it, an unknown modem is listened to as long as the most delicate one after a restart.
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

    # ------------------------------------------------------------------------------------- what it shows

    @property
    def dialect(self) -> CompiledDialect:
        """The dialect in use; the base until the modem's own is known."""
        return self._modem.channel.dialect

    @property
    def ever_answered(self) -> bool:
        """Whether the modem has answered anything since this process began."""
        return self._modem.ever_answered

    @property
    def protected(self) -> bool:
        """Set by the shell while the journal says that a leg stands on this line: no reset then, whatever the
        call table shows.
        """
        return self._modem.protected

    @protected.setter
    def protected(self, protected: bool) -> None:
        self._modem.protected = protected

    @property
    def ready(self) -> bool:
        """Initialised, and answering."""
        return self._modem.readiness.ready and not self._modem.ladder.climbing

    @property
    def kept_settings(self) -> bool:
        """Whether the modem, when the port was opened, still had what we had set: it was not reset since."""
        return self._modem.readiness.kept_settings

    @property
    def knows_calls(self) -> bool:
        """Whether the modem has listed its calls since the port was opened, or cannot; ahead of `ready`."""
        return self._modem.knows_calls

    @property
    def in_step(self) -> bool:
        """Whether the modem has answered since the port was opened, with its list of calls if it has one."""
        return self.knows_calls and self._modem.channel.engine.in_sync

    @property
    def listening(self) -> bool:
        """Only reading, after a restart."""
        return self._modem.channel.engine.listening

    @property
    def identity(self) -> Identity:
        """What the modem has said of itself."""
        return self._modem.startup.identity()

    @property
    def sim(self) -> str:
        """What the SIM waits for (`READY`); empty until known."""
        return self._modem.startup.sim

    @property
    def card(self) -> str | None:
        """Which card the SIM is (ICCID); empty where the modem does not tell, none until it was asked."""
        return self._modem.startup.card

    @property
    def voiceless(self) -> bool:
        """Whether the modem has said that it gives no voice to the host, whatever its kind can."""
        return self._modem.startup.voiceless

    @property
    def wear(self) -> VoiceWear:
        """Whether its voice is worn, as far as it is one that wears."""
        return self._modem.voice.wear

    @property
    def worn(self) -> bool:
        """Whether its voice is worn, so that it has to start anew."""
        return self.wear.worn and bool(self.dialect.data.voice.wear_reset)

    @property
    def registration(self) -> Registration | None:
        """How the network knows the SIM; none until told."""
        return self._modem.line.registration

    @property
    def voice_service(self) -> VoiceService:
        """Which way a call would go, by what the modem has said."""
        return self._modem.line.service

    @property
    def radio_off(self) -> bool:
        """Whether the modem has said that its radio is off, and has not been heard of in a network since."""
        return self._modem.line.radio_off

    @property
    def signal_dbm(self) -> int | None:
        """Signal strength; none while unknown."""
        return self._modem.line.signal_dbm

    @property
    def waiting(self) -> int:
        """How many commands have no result yet."""
        return self._modem.channel.waiting

    @property
    def tells_delivery(self) -> bool:
        """Whether the modem has agreed to hand on what the network reports of messages that it has sent."""
        return self._modem.readiness.tells_delivery

    @property
    def lists_messages_since_s(self) -> float | None:
        """Since when the stored messages are being listed; none where they are not. A dial would wait."""
        return self._modem.upkeep.lists_messages_since_s

    @property
    def sends_sms(self) -> bool:
        """Whether a short message is on its way out, or was given up and the modem is not heard again yet: it
        can do nothing else meanwhile.
        """
        return self._modem.messages.sends

    @property
    def members_unlisted(self) -> bool:
        """Whether a conference stands here whose members are not in the modem's list, but one row for all."""
        return self._modem.table.one_row

    def calls(self) -> tuple[CallView, ...]:
        """The calls that have not been released, oldest first."""
        return self._modem.table.calls()

    def call_of(self, ref: Ref) -> CallId | None:
        """The call, live or gone, that was dialled or adopted under this name."""
        return self._modem.control.call_of(ref)

    def hangs_up(self, call: CallId) -> bool:
        """Whether the call is to end."""
        return self._modem.control.hangs_up(call)

    # ----------------------------------------------------------------------------------------- requests

    def plugged_in_as(self, dialect: CompiledDialect | None, *, at_command_port: bool = False) -> None:
        """What the USB ids of its port say; none where there are none, or none that are known.

        `at_command_port`: it is the interface of which its dialect knows that it takes commands.
        """
        self._modem.startup.by_usb = dialect
        self._modem.startup.at_command_port = at_command_port

    def assume_voiceless(self) -> None:
        """It was so before this process began; it holds until the modem is asked, which no call outlasts."""
        self._modem.startup.voiceless = True

    def dial(
        self, ref: Ref, number: str, now_s: float, *, emergency: bool = False, until_s: float = math.inf
    ) -> CallId:
        """Call this number (E.164, or a short one). Asked for twice under one `ref` it is dialled once.

        `emergency`: it is set up as an emergency call (teleservice 12), which knows neither hold nor
        conference. `until_s`: from then on it may not be dialled any more, though it still waits for its
        turn. Raises RequestRefused for what is no number.
        """
        call = self._modem.control.dial(ref, number, now_s, emergency=emergency, until_s=until_s)
        self._modem.work(now_s)
        return call

    def adopt(self, ref: Ref, number: str, now_s: float, *, direction: Direction = Direction.OUT) -> CallId:
        """The journal says that this call stands on this modem. Never dials: the call is looked for.

        Reported as it is found (`CallDialing`, `CallRinging`, `CallAnswered` …), or released.
        """
        call = self._modem.control.adopt(ref, number, now_s, direction=direction)
        self._modem.work(now_s)
        return call

    def name(self, call: CallId, ref: Ref) -> None:
        """This call, incoming or found, is that requester's from now on."""
        self._modem.control.name(call, ref)

    def answer(self, call: CallId, now_s: float) -> None:
        """Take the incoming or waiting call; another one goes on hold. Raises RequestRefused."""
        self._modem.control.answer(call, now_s)
        self._modem.work(now_s)

    def hang_up(self, call: CallId, now_s: float, *, unless_answered: bool = False) -> None:
        """End the call, or decline it; tried again until it is gone. One that is gone already is no error.

        `unless_answered`: only if nobody has answered it, by the modem's own list of calls.
        """
        self._modem.control.hang_up(call, now_s, unless_answered=unless_answered)
        self._modem.work(now_s)

    def hold(self, call: CallId, now_s: float) -> None:
        """Put the active call on hold. Raises RequestRefused."""
        self._modem.control.hold(call, now_s)
        self._modem.work(now_s)

    def swap(self, now_s: float) -> None:
        """Exchange the active and the held call, or take the held one back. Raises RequestRefused."""
        self._modem.control.swap(now_s)
        self._modem.work(now_s)

    def conference(self, now_s: float) -> None:
        """Join the active and the held call in the network (22.084). Raises RequestRefused."""
        self._modem.control.conference(now_s)
        self._modem.work(now_s)

    def send_digit(self, call: CallId, digit: str, now_s: float) -> None:
        """One DTMF digit into the call (27.007 clause C.2.11). Raises RequestRefused."""
        self._modem.control.send_digit(call, digit, now_s)
        self._modem.work(now_s)

    def poll_calls(self, now_s: float) -> None:
        """Ask for the list of calls as soon as that can be done."""
        self._modem.table.want_look()
        self._modem.work(now_s)

    def give_pin(self, pin: str, now_s: float) -> None:
        """Open the SIM. Whoever asks for it answers for how often: three wrong ones lock the card."""
        self._modem.readiness.give_pin(pin, now_s)
        self._modem.work(now_s)

    def send_sms(
        self, ref: Ref, number: str, text: str, now_s: float, *, within_s: float, report: bool = False
    ) -> None:
        """Send a short message, in parts if need be; `SmsSent` tells. Raises PduError.

        `within_s`: after this nothing of it is begun any more, and an answer not waited for. `report`: the
        network is asked to tell what became of each part; `SmsReported` says so, at any time, or never.
        """
        self._modem.messages.send(ref, number, text, now_s, within_s=within_s, report=report)
        self._modem.work(now_s)

    def read_sms(self, stored: tuple[int, ...], now_s: float) -> None:
        """Read the stored message once more: what came last time could not be read."""
        for index in stored:
            self._modem.messages.read(index, now_s)
        self._modem.work(now_s)

    def delete_sms(self, stored: tuple[int, ...], now_s: float) -> None:
        """The message is durable elsewhere: the modem may forget it."""
        for index in stored:
            self._modem.messages.delete(index, now_s)
        self._modem.work(now_s)

    def ask_network(self, code: str, now_s: float, *, within_s: float) -> None:
        """Send a code of the network's (`*123#`); `NetworkAnswered` tells. One at a time: another one takes
        its place. A call may be dialled meanwhile (22.090 clause 6.1). Raises RequestRefused for what is no
        code.
        """
        self._modem.codes.ask(code, now_s, within_s=within_s)
        self._modem.work(now_s)

    def reset_worn(self, now_s: float) -> bool:
        """Have the modem start anew; whoever asks for it answers for that no call is here.

        Only while nothing else is on its way to it, so that no dial gets before it. Whether it was ordered.
        """
        if self._modem.channel.waiting:
            return False
        for text in self.dialect.data.voice.wear_reset:
            self._modem.channel.ask(text, Urgency.CONTROL, now_s, self._modem.reset_taken)
        self._modem.work(now_s)
        return True

    # ---------------------------------------------------------------------------------- bytes and time

    def opened(self, now_s: float, *, listen_first: bool | None = None) -> None:
        """The port is open (again). Begins with an unmistakable query, then asks for the calls."""
        # Where the OK of the dial is the answer, a dial that rings may still be waiting for it.
        pending = self._listen_first or (self._rings and self.dialect.data.dial_ok_is_answer)
        listen = pending if listen_first is None else listen_first
        self._listen_first = self._rings = False
        self._modem.channel.opened = True
        self._modem.list.opened()
        self._modem.readiness.needs_start = True
        self._modem.ladder.opened()
        self._modem.settle(now_s)
        self._modem.channel.engine.start(now_s, listen_s=self.dialect.data.dial_blocking_s if listen else 0.0)
        self._modem.work(now_s)

    def port_lost(self, now_s: float) -> None:
        """The port is gone: nothing can be asked. Calls may live on in the modem until `opened` tells."""
        self._modem.channel.opened = self._modem.readiness.ready = False
        self._modem.channel.engine.stop()
        self._modem.settle(now_s)
        self._modem.table.dials_lost(now_s, cause=HangupCause.LINE_LOST, text="the modem's port is gone")
        self._modem.table.port_gone()
        self._modem.work(now_s)

    def calls_lost(self, now_s: float, text: str) -> None:
        """The modem is gone for good, and its calls with it."""
        self._modem.table.all_lost(now_s, cause=HangupCause.LINE_LOST, text=text, certain=True)
        self._modem.work(now_s)

    def receive(self, data: bytes, now_s: float) -> None:
        """Bytes from the modem. Whatever they say, nothing is raised because of it."""
        for _ in range(len(data) + 1):
            try:
                self._modem.channel.engine.receive(data, now_s)
                break
            except Exception as error:
                # The line that has failed is out of the engine; what came behind it is not lost.
                self._modem.input_failed("", error, now_s)
                data = b""
        self._modem.work(now_s)

    def tick(self, now_s: float) -> None:
        """Time has passed; call it at or after `next_deadline`."""
        self._modem.channel.engine.tick(now_s)
        self._modem.table.tick(now_s)
        self._modem.startup.tick(now_s)
        self._modem.control.tick(now_s)
        self._modem.messages.tick(now_s)
        self._modem.codes.tick(now_s)
        if self._modem.channel.opened and self._modem.ladder.try_again(now_s):
            self._modem.readiness.needs_start = True
            self._modem.channel.engine.start(now_s)
        self._modem.work(now_s)

    def next_deadline(self) -> float | None:
        """When `tick` has something to do, if nothing comes before; none: never."""
        times = [
            self._modem.channel.engine.next_deadline(),
            self._modem.table.next_deadline(),
            self._modem.messages.next_deadline(),
            self._modem.codes.next_deadline(),
            self._modem.control.stuck_s(),
            self._modem.ladder.next_deadline() if self._modem.channel.opened else None,
        ]
        if self._modem.channel.engine.in_sync and not self._modem.channel.engine.silenced:
            times += [
                self._modem.startup.next_deadline(),
                self._modem.voice.next_deadline(),
                self._modem.control.next_deadline(),
                self._modem.list.next_s(),
                self._modem.upkeep.next_s(),
            ]
        return min((time for time in times if time is not None), default=None)

    def take_output(self, now_s: float = -math.inf) -> bytes:
        """Bytes to write now, through the port's dial guard.

        `now_s`: a dial whose time is over by then is not among them; its call has ended.
        """
        if self._modem.channel.engine.drop_late(now_s):
            self._modem.work(now_s)
        return self._modem.channel.engine.take_output()

    def take_events(self) -> list[Event]:
        """What has happened, in order."""
        events = list(self._modem.channel.events)
        self._modem.channel.events.clear()
        return events

    def write_refused(self, now_s: float, reason: str) -> None:
        """The dial guard kept what `take_output` gave: the call, if it was one, has ended."""
        self._modem.control.not_written(now_s, reason)
        self._modem.channel.engine.fail_in_flight(now_s)
        self._modem.work(now_s)
