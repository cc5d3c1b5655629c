"""The driver against the simulated carrier's modems, in memory: two pieces of code that share nothing."""

from __future__ import annotations

import re
from typing import TypeVar

import msgspec
import pytest

from gateways.gsm.at.parse import Registration, Stat
from gateways.gsm.dialects.detection import by_lines
from gateways.gsm.driver.driver import Driver
from gateways.gsm.driver.events import (
    CallAnswered,
    CallEvent,
    CallIncoming,
    CallReleased,
    EmergencyNumbers,
    Event,
    Ready,
    Ref,
    RequestDone,
    RequestFailed,
    Responsive,
    SimState,
    SmsReceived,
    Stage,
    Unresponsive,
    UntoldCall,
    VoiceFailed,
    VoiceReady,
)
from gateways.gsm.errors import DialRefused
from gateways.gsm.line.legs_on_line import LegsOnLine
from gateways.gsm.port.dial_guard import DialGuard
from messages.base import Gains, HangupCause, Joins, VoicePort
from messages.ids import LineId
from simulator.config import changed_phone, parse_config
from simulator.modem.vices import Vices
from simulator.network.carrier import Carrier
from tests.gateways.gsm.bench import DIALECTS, Bench, FakeModem

USER, BUSY, SILENT, REJECTING, AWAY, SECOND, WITHHELD = (
    "+393331112223",
    "+393330000001",
    "+393330000002",
    "+393330000003",
    "+393330000005",
    "+393409998887",
    "+393330000009",
)
LINE = "+390200000001"
FAMILIES = (
    *("3gpp", "huawei", "simcom7600", "quectel_ec2x", "sim800", "tdscdma", "balong"),
    *("ericsson", "ublox", "cinterion", "telit", "zte", "wavecom"),
)
EARLY = "simcom_a76xx"
ALL = (*FAMILIES, EARLY)

E = TypeVar("E", bound=Event)


class Site:
    """One line: a driver and the modem it speaks to, on the carrier's clock."""

    def __init__(
        self,
        dialect: str,
        *,
        spoken: str | None = None,
        listen_first: bool = False,
        at_command_port: bool = False,
        gives_pin: bool = True,
        **modem: object,
    ) -> None:
        def phone(number: str, behaviour: str = "answer", **more: object) -> dict[str, object]:
            times = {"rings_after_s": 1.0, "answers_after_s": 2.0}
            return {"number": number, "behaviour": behaviour, **times, **more}

        self.now_s = 1000.0
        self.carrier = Carrier(
            parse_config(
                {
                    "simulator": {"no_answer_after_s": 20.0},
                    "modem": [{"name": "one", "dialect": dialect, "number": LINE, **modem}],
                    "phone": [
                        phone(USER),
                        phone(BUSY, "busy"),
                        phone(SILENT, "no_answer"),
                        phone(REJECTING, "reject"),
                        phone(AWAY, "unreachable"),
                        phone(SECOND),
                        phone(WITHHELD, withheld=True),
                        phone("112"),
                    ],
                }
            ),
            self.now_s,
        )
        self.modem = self.carrier.modem("one")
        self.guard = DialGuard(psap_live=False, trunk_emergency=False)
        self.pin = str(modem.get("pin", "")) if gives_pin else ""
        self.events: list[Event] = []
        self.heard = b""
        self.at_command_port = at_command_port
        self.open(spoken or dialect)

    def open(self, spoken: str) -> None:
        """A new process takes the port."""
        self.driver = Driver(DIALECTS, spoken)
        self.driver.plugged_in_as(None, at_command_port=self.at_command_port)
        self.modem.port_opened(self.now_s)
        self.driver.opened(self.now_s)
        self.pump()

    def pump(self) -> None:
        for _ in range(1000):
            output = self.driver.take_output()
            if output:
                try:
                    self.modem.feed(self.guard.pass_through(output), self.now_s)
                except DialRefused as error:
                    self.driver.write_refused(self.now_s, str(error))
            answer = self.modem.take_output()
            if answer:
                self.heard += answer
                self.driver.receive(answer, self.now_s)
            news = self.driver.take_events()
            self.events += news
            if self.pin and any(isinstance(event, SimState) and event.code == "SIM PIN" for event in news):
                self.driver.give_pin(self.pin, self.now_s)
            if not output and not answer:
                return
        raise AssertionError("driver and modem talk without end")

    def run(self, seconds: float) -> None:
        until_s = self.now_s + seconds
        self.pump()
        for _ in range(20_000):
            dues = (self.driver.next_deadline(), self.carrier.next_deadline())
            due_s = min((due for due in dues if due is not None), default=until_s)
            self.now_s = min(until_s, max(self.now_s, due_s))
            self.carrier.advance(self.now_s)
            self.driver.tick(self.now_s)
            self.pump()
            if due_s >= until_s:
                return
        raise AssertionError("the deadlines do not move")

    def of(self, kind: type[E]) -> list[E]:
        return [event for event in self.events if isinstance(event, kind)]

    def story(self) -> list[str]:
        """The call events so far, by class."""
        return [type(event).__name__ for event in self.events if isinstance(event, CallEvent)]


@pytest.mark.parametrize("dialect", FAMILIES)
def test_a_call_is_dialled_rings_is_answered_and_hung_up(dialect: str) -> None:
    site = Site(dialect)
    site.run(1.0)
    assert [event.identity.dialect for event in site.of(Ready)] == [dialect]
    call = site.driver.dial(Ref("leg"), USER, site.now_s)
    site.run(10.0)
    site.driver.hang_up(call, site.now_s)
    site.run(3.0)
    assert site.story() == ["CallDialing", "CallRinging", "CallAnswered", "CallReleased"]
    assert [event.cause for event in site.of(CallReleased)] == [16]
    assert all(event.confirmed for event in site.of(CallAnswered))
    assert str(site.carrier.calls[-1].state) == "ended"


@pytest.mark.parametrize("dialect", ALL)
def test_auto_finds_the_dialect(dialect: str) -> None:
    site = Site(dialect, spoken="auto")
    site.run(1.0)
    assert site.driver.dialect.key == dialect


@pytest.mark.parametrize("dialect", FAMILIES)
def test_the_dialect_is_found_by_the_lines_of_the_session_alone(dialect: str) -> None:
    site = Site(dialect)
    site.run(1.0)
    site.driver.dial(Ref("leg"), USER, site.now_s)
    site.run(8.0)
    site.carrier.phone_hang_up(USER, site.now_s)
    site.run(3.0)
    heard = [line for line in re.split(r"[\r\n]+", site.heard.decode("latin-1")) if line]
    assert by_lines(DIALECTS, heard).key == dialect


@pytest.mark.parametrize("dialect", ALL)
def test_a_modem_of_which_nothing_is_known_places_sees_and_ends_calls(dialect: str) -> None:
    site = Site(dialect, spoken="3gpp")
    site.run(1.0)
    call = site.driver.dial(Ref("out"), USER, site.now_s)
    site.run(8.0)
    assert [view.answered for view in site.driver.calls()] == [True]
    site.driver.hang_up(call, site.now_s)
    site.run(3.0)
    site.driver.dial(Ref("silent"), SILENT, site.now_s)
    site.run(30.0)
    site.carrier.phone_call(USER, LINE, site.now_s)
    site.run(3.0)
    (view,) = site.driver.calls()
    assert (view.number, view.answered) == (USER, False)
    site.driver.answer(view.call, site.now_s)
    site.run(3.0)
    site.carrier.phone_hang_up(USER, site.now_s)
    site.run(5.0)
    assert site.driver.calls() == ()
    assert [event.ref for event in site.of(CallReleased)] == ["out", "silent", None]
    assert [str(call.state) for call in site.carrier.calls] == ["ended"] * 3


def test_an_early_answer_proves_nothing() -> None:
    site = Site(EARLY)
    site.run(1.0)
    site.driver.dial(Ref("leg"), SILENT, site.now_s)
    site.run(5.0)
    assert [event.confirmed for event in site.of(CallAnswered)] == [False]
    assert str(site.carrier.calls[-1].state) == "ringing"
    site.run(30.0)
    assert [event.cause for event in site.of(CallReleased)] == [19]
    site.carrier.phone_call(USER, LINE, site.now_s)
    site.run(3.0)
    site.driver.answer(site.driver.calls()[0].call, site.now_s)
    site.run(3.0)
    assert [event.confirmed for event in site.of(CallAnswered)] == [False, True]


@pytest.mark.parametrize("dialect", ALL)
def test_a_digit_reaches_the_far_end(dialect: str) -> None:
    site = Site(dialect)
    site.run(1.0)
    call = site.driver.dial(Ref("leg"), USER, site.now_s)
    site.run(8.0)
    for digit in "5#":
        site.driver.send_digit(call, digit, site.now_s)
    site.run(3.0)
    assert site.carrier.calls[-1].digits == "5#"
    assert len(site.of(RequestDone)) == 2


# -------------------------------------------------------------------------------------------------- vices

ANY_MODEMS: list[dict[str, object]] = [
    {"glued_lines": True},
    {"line_end": "\r\r\n"},
    {"line_end": "\r"},
    {"noise_every_s": 0.3},
    {"echo": True},
    {"data_phantom": True},
    {"reused_ids": False},
    {"cut_codes": True},
    {"glued_lines": True, "line_end": "\r", "noise_every_s": 0.7, "echo": True, "data_phantom": True},
]


@pytest.mark.parametrize("dialect", FAMILIES)
@pytest.mark.parametrize("vices", ANY_MODEMS, ids="+".join)
def test_no_vice_changes_the_story(dialect: str, vices: dict[str, object]) -> None:
    site = Site(dialect, **vices)
    site.run(2.0)
    for number in (USER, SECOND):
        call = site.driver.dial(Ref(number), number, site.now_s)
        site.run(8.0)
        site.driver.hang_up(call, site.now_s)
        site.run(3.0)
    assert site.story() == ["CallDialing", "CallRinging", "CallAnswered", "CallReleased"] * 2
    site.carrier.phone_call(USER, LINE, site.now_s)
    site.run(3.0)
    assert [view.number for view in site.driver.calls()] == [USER]
    site.carrier.phone_hang_up(USER, site.now_s)
    site.run(5.0)
    assert site.driver.calls() == ()
    assert [str(call.state) for call in site.carrier.calls] == ["ended"] * 3


@pytest.mark.parametrize("dialect", ["3gpp", "huawei"])
def test_an_ok_that_comes_only_with_the_answer_is_waited_for(dialect: str) -> None:
    site = Site(dialect, ok_after_answer=True)
    site.run(1.0)
    site.driver.dial(Ref("leg"), USER, site.now_s)
    site.run(10.0)
    assert [view.answered for view in site.driver.calls()] == [True]
    site.driver.dial(Ref("busy"), BUSY, site.now_s)
    site.run(60.0)
    assert [(event.ref, event.cause) for event in site.of(CallReleased)] == [("busy", 17)]


@pytest.mark.parametrize("dialect", ["wavecom", "telit"])
@pytest.mark.parametrize("after_s", [0.5, 1.5])
def test_a_dial_that_waits_for_its_ok_is_ended_and_the_next_goes_through(
    dialect: str, after_s: float
) -> None:
    site = Site(dialect)
    site.run(1.0)
    call = site.driver.dial(Ref("one"), USER, site.now_s)
    site.run(after_s)
    site.driver.hang_up(call, site.now_s)
    site.run(5.0)
    assert str(site.carrier.calls[-1].state) == "ended"
    assert [event.ref for event in site.of(CallReleased)] == ["one"]
    site.driver.dial(Ref("two"), SECOND, site.now_s)
    site.run(8.0)
    assert [(view.ref, view.answered) for view in site.driver.calls()] == [("two", True)]


@pytest.mark.parametrize("dialect", ["wavecom", "3gpp", "telit"])
def test_a_dial_that_is_given_up_for_want_of_an_answer_is_ended_though_no_list_can_be_had(
    dialect: str,
) -> None:
    site = Site(dialect, ok_after_answer=True)
    site.run(1.0)
    first = site.driver.dial(Ref("one"), USER, site.now_s)
    site.run(8.0)
    site.driver.hold(first, site.now_s)
    second = site.driver.dial(Ref("two"), SILENT, site.now_s)
    site.driver.poll_calls(site.now_s)
    site.run(10.0)
    site.driver.hang_up(second, site.now_s, unless_answered=True)
    site.run(5.0)
    assert [event.ref for event in site.of(CallReleased)] == ["two"]
    assert [str(call.state) for call in site.carrier.calls] == ["held", "ended"]


def test_an_answer_whose_ok_was_lost_is_found_by_whoever_gives_the_dial_up() -> None:
    site = Site("wavecom")
    site.run(1.0)
    call = site.driver.dial(Ref("one"), USER, site.now_s)
    site.run(3.0)
    site.modem.mute(site.now_s, for_s=2.0)
    site.run(5.0)
    assert [view.answered for view in site.driver.calls()] == [False]
    site.driver.hang_up(call, site.now_s, unless_answered=True)
    site.run(5.0)
    assert [view.answered for view in site.driver.calls()] == [True]
    assert str(site.carrier.calls[-1].state) == "active"


def test_a_new_process_leaves_a_dial_alone_that_rings_and_whose_ok_is_the_answer() -> None:
    site = Site("wavecom")
    site.run(1.0)
    site.driver.dial(Ref("leg"), USER, site.now_s)
    site.run(2.5)
    site.events.clear()
    site.driver = Driver(DIALECTS, "wavecom", rings=True)
    site.driver.adopt(Ref("leg"), USER, site.now_s)
    site.driver.opened(site.now_s)
    site.run(5.0)
    assert [event.ref for event in site.of(CallAnswered)] == [Ref("leg")]
    assert str(site.carrier.calls[-1].state) == "active"


def test_a_caller_of_whom_u_blox_says_no_more_than_ucallstat_is_found_at_once() -> None:
    site = Site("ublox")
    site.run(1.0)
    for _ in range(2):
        site.heard = b""
        site.carrier.phone_call(USER, LINE, site.now_s)
        site.run(1.5)
        (view,) = site.driver.calls()
        assert (view.state, view.number) == (Stat.INCOMING, USER)
        site.carrier.phone_hang_up(USER, site.now_s)
        site.run(3.0)
    assert b"RING" not in site.heard, "the second is told of by +UCALLSTAT alone"
    assert len(site.of(CallIncoming)) == 2


@pytest.mark.parametrize("dialect", ALL)
def test_a_modem_that_starts_anew_in_mid_call_has_lost_it_and_is_a_line_again(dialect: str) -> None:
    site = Site(dialect, reboots_after_s=4.0)
    site.run(1.0)
    site.driver.dial(Ref("leg"), USER, site.now_s)
    site.run(40.0)
    assert [event.ref for event in site.of(CallReleased)] == ["leg"]
    assert site.driver.ready
    assert site.driver.calls() == ()
    assert len(site.of(Ready)) == 2


@pytest.mark.parametrize("dialect", ALL)
def test_a_modem_that_stops_answering_is_found_out(dialect: str) -> None:
    site = Site(dialect, silent_after=40)
    site.run(1.0)
    assert site.driver.ready
    site.run(300.0)
    assert {Stage.REOPEN, Stage.RESET, Stage.USB_RESET} <= {event.stage for event in site.of(Unresponsive)}
    assert not site.driver.ready


@pytest.mark.parametrize("dialect", ["ublox", "huawei"])
@pytest.mark.parametrize("talking", [False, True])
def test_answers_that_come_one_command_late_are_noticed_and_set_right_by_a_port_opened_anew(
    dialect: str, talking: bool
) -> None:
    site = Site(dialect)
    site.run(1.0)
    if talking:
        site.driver.dial(Ref("leg"), USER, site.now_s)
        site.run(8.0)
    site.modem.change(Vices(shifted_answers=True))
    for _ in range(400):
        site.run(0.1)
        if site.of(Unresponsive) and site.of(Unresponsive)[-1].stage is Stage.REOPEN:
            break
    else:
        raise AssertionError("nobody has noticed")
    site.events.clear()
    site.driver.port_lost(site.now_s)
    site.modem.port_closed(False, site.now_s)
    site.run(1.0)
    site.modem.port_opened(site.now_s)
    site.driver.opened(site.now_s)
    site.run(5.0)
    assert site.of(Responsive)
    assert site.driver.ready
    assert [view.answered for view in site.driver.calls()] == [True] * talking
    assert site.of(CallReleased) == []
    for view in site.driver.calls():
        site.driver.hang_up(view.call, site.now_s)
    site.run(3.0)
    site.driver.dial(Ref("next"), USER, site.now_s)
    site.run(8.0)
    assert [view.answered for view in site.driver.calls()] == [True]


@pytest.mark.parametrize("dialect", ALL)
@pytest.mark.parametrize("registration", ["searching", "denied", "none"])
def test_a_network_that_is_lost_is_known_at_once_and_so_is_its_return(
    dialect: str, registration: str
) -> None:
    site = Site(dialect)
    site.run(1.0)
    assert site.driver.registration is Registration.HOME
    site.driver.dial(Ref("leg"), USER, site.now_s)
    site.run(8.0)
    site.modem.change(msgspec.convert({"registration": registration}, Vices))
    site.run(3.0)
    assert site.driver.registration is not None
    assert not site.driver.registration.in_service
    assert [event.ref for event in site.of(CallReleased)] == [Ref("leg")]
    site.modem.change(Vices(registration="roaming"))
    site.run(1.0)
    assert site.driver.registration is Registration.ROAMING


@pytest.mark.parametrize("said", [True, False])
def test_a_modem_that_starts_without_a_network_is_in_service_once_there_is_one(said: bool) -> None:
    site = Site("huawei", registration="searching")
    site.run(1.0)
    assert site.driver.ready
    assert site.driver.registration is Registration.SEARCHING
    if not said:
        site.modem.parameters.reset()  # the code that tells of it is lost
    site.modem.change(Vices(registration="home"))
    site.run(25.0)
    assert site.driver.registration is Registration.HOME


def test_a_sim_that_wants_its_puk_is_given_nothing_and_opened_by_hand_is_a_line() -> None:
    site = Site("3gpp", pin="1234", pin_tries=0)
    site.run(60.0)
    assert site.driver.sim == "SIM PUK"
    assert site.modem.sim.enter_puk("12345678", "4321")
    site.modem.attach(site.now_s)
    site.run(20.0)
    assert site.driver.ready
    site.driver.dial(Ref("leg"), USER, site.now_s)
    site.run(8.0)
    assert site.of(CallAnswered)


def test_a_conference_that_stands_in_one_row_keeps_its_members_and_drops_the_one_that_is_meant() -> None:
    site = Site("quectel_ec2x", collapsed_conference=True)
    site.run(1.0)
    first = site.driver.dial(Ref("one"), USER, site.now_s)
    site.run(8.0)
    site.driver.hold(first, site.now_s)
    site.run(3.0)
    second = site.driver.dial(Ref("two"), SECOND, site.now_s)
    site.run(8.0)
    site.driver.conference(site.now_s)
    site.run(20.0)
    assert [view.call for view in site.driver.calls()] == [first, second]
    site.driver.hang_up(second, site.now_s)
    site.run(5.0)
    assert [event.call for event in site.of(CallReleased)] == [second]
    assert [str(call.state) for call in site.carrier.calls] == ["active", "ended"]


# ------------------------------------------------------------------------------------------- what fails


@pytest.mark.parametrize("dialect", FAMILIES)
@pytest.mark.parametrize(("number", "cause"), [(BUSY, 17), (SILENT, 19), (REJECTING, 21), (AWAY, 20)])
def test_a_call_that_fails_says_why(dialect: str, number: str, cause: int) -> None:
    site = Site(dialect)
    site.run(1.0)
    site.driver.dial(Ref("leg"), number, site.now_s)
    site.run(40.0)
    (released,) = site.of(CallReleased)
    assert not released.answered
    assert released.cause == cause
    assert site.driver.calls() == ()


@pytest.mark.parametrize("dialect", ALL)
def test_the_far_end_hangs_up(dialect: str) -> None:
    site = Site(dialect)
    site.run(1.0)
    site.driver.dial(Ref("leg"), USER, site.now_s)
    site.run(8.0)
    site.carrier.phone_hang_up(USER, site.now_s)
    site.run(3.0)
    assert site.story()[-1] == "CallReleased"
    assert [event.cause for event in site.of(CallReleased)] == [16]


@pytest.mark.parametrize("dialect", ALL)
def test_an_incoming_call_comes_with_its_number_and_is_answered(dialect: str) -> None:
    site = Site(dialect)
    site.run(1.0)
    site.carrier.phone_call(USER, LINE, site.now_s)
    site.run(3.0)
    (view,) = site.driver.calls()
    assert view.number == USER
    site.driver.answer(view.call, site.now_s)
    site.run(3.0)
    assert len(site.of(CallAnswered)) == 1
    site.carrier.phone_hang_up(USER, site.now_s)
    site.run(3.0)
    assert site.driver.calls() == ()
    assert [event.answered for event in site.of(CallReleased)] == [True]


@pytest.mark.parametrize("dialect", ["huawei", "simcom7600", "quectel_ec2x"])
def test_codes_that_come_out_at_another_port_are_called_to_the_command_port(dialect: str) -> None:
    site = Site(dialect, at_command_port=True, codes_elsewhere=True)
    site.run(1.0)
    site.modem.take_elsewhere()
    site.carrier.phone_call(USER, LINE, site.now_s)
    site.run(3.0)
    (view,) = site.driver.calls()
    assert (view.state, view.number) == (Stat.INCOMING, USER)
    assert site.modem.take_elsewhere() == b""
    assert site.of(UntoldCall) == []


@pytest.mark.parametrize("dialect", ["3gpp", "huawei", "quectel_ec2x", "sim800"])
def test_a_call_whose_codes_come_out_at_another_port_is_found_in_the_list_and_said_to_be(
    dialect: str,
) -> None:
    site = Site(dialect, codes_elsewhere=True)
    site.run(1.0)
    site.carrier.phone_call(USER, LINE, site.now_s)
    site.run(DIALECTS.get(dialect).data.poll.idle_s + 2.0)
    assert b"RING" in site.modem.take_elsewhere()
    (view,) = site.driver.calls()
    assert (view.state, view.number) == (Stat.INCOMING, USER)
    assert [event.call for event in site.of(UntoldCall)] == [view.call]
    site.driver.answer(view.call, site.now_s)
    site.run(3.0)
    assert [view.answered for view in site.driver.calls()] == [True]


@pytest.mark.parametrize("dialect", ALL)
def test_a_withheld_caller_and_one_who_gives_up(dialect: str) -> None:
    site = Site(dialect)
    site.run(1.0)
    site.carrier.phone_call(WITHHELD, LINE, site.now_s)
    site.run(4.0)
    (view,) = site.driver.calls()
    assert (view.number, view.withheld) == (None, True)
    site.carrier.phone_hang_up(WITHHELD, site.now_s)
    site.run(3.0)
    assert len(site.of(CallIncoming)) == 1
    assert len(site.of(CallReleased)) == 1


@pytest.mark.parametrize("dialect", ALL)
def test_an_incoming_call_is_declined(dialect: str) -> None:
    site = Site(dialect)
    site.run(1.0)
    site.carrier.phone_call(USER, LINE, site.now_s)
    site.run(2.0)
    site.driver.hang_up(site.driver.calls()[0].call, site.now_s)
    site.run(3.0)
    assert site.driver.calls() == ()
    assert str(site.carrier.calls[-1].state) == "ended"


@pytest.mark.parametrize("dialect", ALL)
def test_two_calls_are_held_joined_and_dropped_in_the_network(dialect: str) -> None:
    site = Site(dialect)
    site.run(1.0)
    first = site.driver.dial(Ref("one"), USER, site.now_s)
    site.run(8.0)
    site.driver.hold(first, site.now_s)
    site.run(3.0)
    second = site.driver.dial(Ref("two"), SECOND, site.now_s)
    site.run(8.0)
    site.driver.conference(site.now_s)
    site.run(3.0)
    assert all(view.in_conference for view in site.driver.calls())
    site.driver.hang_up(second, site.now_s)
    site.run(4.0)
    assert [view.call for view in site.driver.calls()] == [first]
    assert [event.call for event in site.of(CallReleased)] == [second]


@pytest.mark.parametrize("dialect", ALL)
def test_a_waiting_caller_is_taken_and_the_first_held(dialect: str) -> None:
    site = Site(dialect)
    site.run(1.0)
    site.driver.dial(Ref("one"), USER, site.now_s)
    site.run(8.0)
    site.carrier.phone_call(SECOND, LINE, site.now_s)
    site.run(3.0)
    waiting = next(view for view in site.driver.calls() if view.number == SECOND)
    site.driver.answer(waiting.call, site.now_s)
    site.run(3.0)
    assert {view.state for view in site.driver.calls()} == {Stat.HELD, Stat.ACTIVE}
    for view in site.driver.calls():
        site.driver.hang_up(view.call, site.now_s)
    site.run(6.0)
    assert site.driver.calls() == ()
    assert len(site.of(CallReleased)) == 2


@pytest.mark.parametrize("incoming", [False, True])
def test_a_voice_port_that_was_left_on_and_dies_when_it_is_armed_late_carries_voice_from_the_answer(
    incoming: bool,
) -> None:
    site = Site("quectel_ec2x", pcm_left=True, late_voice_dead=True)
    site.run(1.0)
    for _ in range(2):
        if incoming:
            site.carrier.phone_call(USER, LINE, site.now_s)
            site.run(2.0)
            site.driver.answer(site.driver.calls()[0].call, site.now_s)
        else:
            site.driver.dial(Ref(f"leg {site.now_s}"), USER, site.now_s)
        site.pump()
        while not site.carrier.calls[-1].answered_at_s:
            site.run(0.1)
        assert site.modem.voice.running()
        site.run(1.0)
        (view,) = site.driver.calls()
        site.driver.hang_up(view.call, site.now_s)
        site.run(3.0)
    assert len(site.of(VoiceReady)) == 2


@pytest.mark.parametrize(
    ("dialect", "vice"),
    [
        ("huawei", {}),
        ("huawei", {"voice": False}),
        *((name, {"data_only": True}) for name in ("huawei", "quectel_ec2x", "simcom7600")),
        ("simcom7600", {"data_only": True, "model": "SIM7670G-MNGV"}),
    ],
)
def test_a_firmware_without_voice_says_so_and_is_not_asked_for_it_in_a_call(
    dialect: str, vice: dict[str, object]
) -> None:
    site, voice = Site(dialect, spoken="auto", **vice), not vice
    site.run(1.0)
    assert site.driver.voiceless is not voice
    legs = LegsOnLine(LineId("one"), site.driver, first_number=0, voice_path="/dev/v", number_within_s=1.0)
    assert legs.joins is (Joins.HOST if voice else Joins.NETWORK)
    site.driver.dial(Ref("leg"), USER, site.now_s)
    site.run(8.0)
    assert len(site.of(VoiceReady)) == (1 if voice else 0)
    assert site.of(VoiceFailed) == []


@pytest.mark.parametrize("dialect", ["huawei", "simcom7600", "quectel_ec2x"])
def test_the_voice_is_ready_once_a_call_is_up(dialect: str) -> None:
    site = Site(dialect)
    site.run(1.0)
    call = site.driver.dial(Ref("leg"), USER, site.now_s)
    site.run(8.0)
    assert [(event.call, event.rate_hz, event.frame_bytes) for event in site.of(VoiceReady)] == [
        (call, 8000, 320)
    ]


def test_where_a_lines_voice_is_told_its_gains_are_told_too() -> None:
    site = Site("huawei")
    site.run(1.0)
    gains = Gains(in_db=12.0)
    legs = LegsOnLine(
        LineId("one"), site.driver, first_number=0, voice_path="/dev/v", number_within_s=1.0, gains=gains
    )
    site.driver.dial(Ref("leg"), USER, site.now_s)
    site.run(8.0)
    (ready,) = site.of(VoiceReady)
    legs.hear(ready, site.now_s)
    assert legs.voice == VoicePort(path="/dev/v", gains=gains)


@pytest.mark.parametrize("dialect", FAMILIES)
@pytest.mark.parametrize("after_s", [0.0, 0.5, 1.5, 2.5, 6.0])
def test_a_new_process_takes_a_call_over_in_whatever_state_it_is(dialect: str, after_s: float) -> None:
    site = Site(dialect)
    site.run(1.0)
    site.driver.dial(Ref("leg"), USER, site.now_s)
    site.pump()
    site.run(after_s)
    site.events.clear()
    site.driver = Driver(DIALECTS, dialect, listen_first=after_s < 3.0)
    site.driver.adopt(Ref("leg"), USER, site.now_s)
    site.driver.opened(site.now_s)
    site.run(60.0)
    assert len(site.carrier.calls) == 1
    assert site.of(CallReleased) == []
    assert len(site.of(CallAnswered)) == 1
    assert [view.ref for view in site.driver.calls()] == [Ref("leg")]


def test_a_taken_over_call_is_known_within_a_few_exchanges() -> None:
    site = Site("huawei")
    site.run(1.0)
    site.driver.dial(Ref("leg"), USER, site.now_s)
    site.run(8.0)
    site.events.clear()
    site.driver = Driver(DIALECTS, "huawei")
    site.driver.adopt(Ref("leg"), USER, site.now_s)
    site.driver.opened(site.now_s)
    site.pump()
    assert site.driver.knows_calls
    assert site.of(CallAnswered)


@pytest.mark.parametrize("dialect", ALL)
def test_a_garbled_line_loses_no_call(dialect: str) -> None:
    site = Site(dialect)
    site.run(1.0)
    call = site.driver.dial(Ref("leg"), USER, site.now_s)
    site.run(8.0)
    site.modem.garble(site.now_s)
    site.run(20.0)
    assert site.of(CallReleased) == []
    site.driver.hang_up(call, site.now_s)
    site.run(5.0)
    assert [event.ref for event in site.of(CallReleased)] == [Ref("leg")]
    assert str(site.carrier.calls[-1].state) == "ended"


@pytest.mark.parametrize("dialect", FAMILIES)
@pytest.mark.parametrize("boot_s", [3.3, 4.2, 5.0, 7.5, 12.0])
def test_a_modem_that_starts_anew_in_a_call_has_lost_it_and_is_set_up_again(
    dialect: str, boot_s: float
) -> None:
    site = Site(dialect, boot_time_s=boot_s)
    site.run(1.0)
    site.driver.dial(Ref("leg"), USER, site.now_s)
    site.run(8.0)
    site.modem.feed(b"AT+CFUN=1,1\r", site.now_s)
    site.run(30.0)
    assert [event.cause for event in site.of(CallReleased)] == [HangupCause.LINE_LOST]
    assert len(site.of(Ready)) == 2
    assert site.modem.parameters.first("&D") == 0
    site.driver.dial(Ref("next"), USER, site.now_s)
    site.run(8.0)
    assert len(site.of(CallAnswered)) == 2


@pytest.mark.parametrize("dialect", ALL)
def test_a_modem_that_is_mute_for_a_while_comes_back(dialect: str) -> None:
    site = Site(dialect)
    site.run(1.0)
    site.modem.mute(site.now_s)
    site.run(20.0)
    assert Stage.REOPEN in [event.stage for event in site.of(Unresponsive)]
    site.modem.unplug(site.now_s)
    site.driver.port_lost(site.now_s)
    site.run(1.0)
    site.modem.plug(site.now_s)
    site.modem.port_opened(site.now_s)
    site.driver.opened(site.now_s)
    site.run(40.0)
    assert site.of(Responsive)
    assert site.driver.ready


@pytest.mark.parametrize("dialect", ALL)
def test_an_unplugged_modem_has_lost_its_call_when_it_is_back(dialect: str) -> None:
    site = Site(dialect)
    site.run(1.0)
    site.driver.dial(Ref("leg"), USER, site.now_s)
    site.run(8.0)
    site.modem.unplug(site.now_s)
    site.driver.port_lost(site.now_s)
    site.run(2.0)
    site.modem.plug(site.now_s)
    site.modem.port_opened(site.now_s)
    site.driver.opened(site.now_s)
    site.run(40.0)
    assert [event.ref for event in site.of(CallReleased)] == [Ref("leg")]
    assert site.driver.ready


@pytest.mark.parametrize("dialect", FAMILIES)
def test_a_modem_refuses_to_hold_an_emergency_call_and_whoever_asked_is_told(dialect: str) -> None:
    site = Site(dialect)
    site.guard = DialGuard(psap_live=True, trunk_emergency=True)
    site.run(1.0)
    call = site.driver.dial(Ref("psap"), "112", site.now_s)
    site.run(8.0)
    assert [view.answered for view in site.driver.calls()] == [True]
    site.driver.hold(call, site.now_s)
    site.run(3.0)
    assert [event.request for event in site.of(RequestFailed)] == ["hold"]
    assert [view.state for view in site.driver.calls()] == [Stat.ACTIVE]
    assert site.carrier.calls[-1].emergency


def test_the_guard_keeps_112_from_the_modem_and_the_leg_is_told() -> None:
    site = Site("huawei")
    site.run(1.0)
    site.driver.dial(Ref("psap"), "112", site.now_s, emergency=True)
    site.run(3.0)
    assert [event.cause for event in site.of(CallReleased)] == [HangupCause.GUARDED]
    assert len(site.carrier.calls) == 0
    assert site.driver.ready


@pytest.mark.parametrize("dialect", ALL)
def test_a_sim_with_a_pin_is_opened(dialect: str) -> None:
    site = Site(dialect, pin="1234")
    site.run(5.0)
    assert site.driver.sim == "READY"
    assert site.driver.ready
    site.driver.dial(Ref("leg"), USER, site.now_s)
    site.run(8.0)
    assert site.of(CallAnswered)


@pytest.mark.parametrize("dialect", ALL)
def test_which_card_it_is_is_known_ahead_of_its_pin_and_again_after_another_was_put_in(dialect: str) -> None:
    site = Site(dialect, gives_pin=False, pin="1234", card="8939010000123456789")
    site.run(1.0)
    assert (site.driver.sim, site.driver.card) == ("SIM PIN", "8939010000123456789")
    site.modem.card = "8939010000123456790"
    site.run(DIALECTS.get(dialect).data.poll.idle_s + 1.0)
    assert (site.driver.sim, site.driver.card) == ("SIM PIN", "8939010000123456790")


def test_a_modem_that_tells_no_card_leaves_it_open() -> None:
    bench = Bench(modem=FakeModem(answers={DIALECTS.base().data.card: "+CME ERROR: 11"}))
    assert bench.driver.ready
    assert bench.driver.card == ""


def test_the_sims_emergency_numbers_are_learnt() -> None:
    site = Site("3gpp", sim_emergency_numbers=["112", "118", "1522"])
    site.run(2.0)
    assert [event.numbers for event in site.of(EmergencyNumbers)] == [("112", "118", "1522")]


def test_a_modem_without_a_sim_says_so() -> None:
    site = Site("3gpp", sim=False)
    site.run(20.0)
    assert site.driver.sim not in ("", "READY")


@pytest.mark.parametrize("dialect", ALL)
def test_a_short_message_comes_whole(dialect: str) -> None:
    site = Site(dialect)
    site.run(1.0)
    text = "aiuto! " * 40
    site.carrier.phone_sms(USER, LINE, text, site.now_s)
    site.run(5.0)
    assert [(event.number, event.text) for event in site.of(SmsReceived)] == [(USER, text)]


# --------------------------------------------------------------------- a call is not what it was dialled as


@pytest.mark.parametrize("dialect", ALL)
def test_a_call_that_is_listed_under_another_number_is_ours(dialect: str) -> None:
    site = Site(dialect, shows_number="+390612345678")
    site.run(1.0)
    call = site.driver.dial(Ref("leg"), USER, site.now_s)
    site.run(10.0)
    (view,) = site.driver.calls()
    assert (view.call, view.ref, view.answered, view.number) == (call, "leg", True, USER)
    assert site.of(CallReleased) == []
    site.driver.hang_up(call, site.now_s)
    site.run(5.0)
    assert [event.ref for event in site.of(CallReleased)] == ["leg"]
    assert str(site.carrier.calls[-1].state) == "ended"


@pytest.mark.parametrize("dialect", ALL)
@pytest.mark.parametrize("far_end", [True, False])
def test_a_call_under_another_number_is_dialled_again_after_its_end(dialect: str, far_end: bool) -> None:
    site = Site(dialect, shows_number="+390612345678")
    site.run(1.0)
    for turn in ("one", "two"):
        call = site.driver.dial(Ref(turn), USER, site.now_s)
        site.run(6.0)
        if far_end:
            site.carrier.phone_hang_up(USER, site.now_s)
        else:
            site.driver.hang_up(call, site.now_s)
        site.run(1.5)
    site.run(3.0)
    assert [event.ref for event in site.of(CallReleased)] == ["one", "two"]
    assert len(site.carrier.calls) == 2
    assert site.driver.calls() == ()


@pytest.mark.parametrize("dialect", ALL)
def test_a_call_that_the_network_does_not_even_take_is_the_lines_failure(dialect: str) -> None:
    site = Site(dialect, fails_after_s=0.5)
    site.run(1.0)
    site.driver.dial(Ref("leg"), USER, site.now_s)
    site.run(4.0)
    assert [event.cause for event in site.of(CallReleased)] == [HangupCause.TEMPORARY_FAILURE]


@pytest.mark.parametrize("dialect", ALL)
@pytest.mark.parametrize(("number", "cause"), [(REJECTING, 21), (BUSY, 17)])
def test_a_party_who_declines_is_not_taken_for_a_line_that_fails(
    dialect: str, number: str, cause: int
) -> None:
    site = Site(dialect)
    site.run(1.0)
    phone = site.carrier.phone(number)
    phone.change(changed_phone(phone.profile, {"rings_after_s": 0.0, "answers_after_s": 0.0}))
    site.driver.dial(Ref("leg"), number, site.now_s)
    site.run(5.0)
    assert [event.cause for event in site.of(CallReleased)] == [cause]


def test_two_calls_that_are_active_at_once_are_a_conference_though_their_rows_do_not_say_so() -> None:
    site = Site("3gpp", unmarked_conference=True)
    site.run(1.0)
    for number in (USER, SECOND):
        site.driver.dial(Ref(number), number, site.now_s)
        site.run(8.0)
    site.driver.conference(site.now_s)
    site.run(30.0)
    assert [(view.state, view.in_conference) for view in site.driver.calls()] == [(Stat.ACTIVE, True)] * 2
    site.carrier.phone_hang_up(SECOND, site.now_s)
    site.run(5.0)
    assert [view.in_conference for view in site.driver.calls()] == [False]
