"""What real modems do that they should not, at the simulated carrier: no call is lost by it."""

from __future__ import annotations

from itertools import product

import msgspec

from gateways.gsm.at.parse import Registration, Stat
from gateways.gsm.driver import events as ev
from simulator.modem.vices import Vices
from tests.gateways.gsm.carrier.site import ALL, BUSY, FAMILIES, SECOND, SILENT, USER, Site
from tests.support.depth import some
from tests.support.each import each

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


@each(("dialect", "vices"), some(27, list(product(FAMILIES, ANY_MODEMS))))
def test_no_vice_changes_the_story(dialect: str, vices: dict[str, object]) -> None:
    site = Site.set_up(dialect, **vices)
    for number in (USER, SECOND):
        call = site.answered_call(number, number)
        site.hang_up(call, 3.0)
    assert site.story() == ["CallDialing", "CallRinging", "CallAnswered", "CallReleased"] * 2
    site.rings(USER, 3.0)
    assert [view.number for view in site.driver.calls()] == [USER]
    site.far_end_hangs_up(USER, 5.0)
    assert site.driver.calls() == ()
    assert [str(call.state) for call in site.carrier.calls] == ["ended"] * 3


@each("dialect", ["3gpp", "huawei"])
def test_an_ok_that_comes_only_with_the_answer_is_waited_for(dialect: str) -> None:
    site = Site.set_up(dialect, ok_after_answer=True)
    site.driver.dial(ev.Ref("leg"), USER, site.now_s)
    site.run(10.0)
    assert [view.answered for view in site.driver.calls()] == [True]
    site.driver.dial(ev.Ref("busy"), BUSY, site.now_s)
    site.run(60.0)
    assert [(event.ref, event.cause) for event in site.of(ev.CallReleased)] == [("busy", 17)]


@each("dialect", ["wavecom", "telit"])
@each("after_s", [0.5, 1.5])
def test_a_dial_that_waits_for_its_ok_is_ended_and_the_next_goes_on(dialect: str, after_s: float) -> None:
    site = Site.set_up(dialect)
    call = site.driver.dial(ev.Ref("one"), USER, site.now_s)
    site.run(after_s)
    site.hang_up(call, 5.0)
    assert str(site.carrier.calls[-1].state) == "ended"
    assert [event.ref for event in site.of(ev.CallReleased)] == ["one"]
    site.answered_call("two", SECOND)
    assert [(view.ref, view.answered) for view in site.driver.calls()] == [("two", True)]


@each("dialect", ["wavecom", "3gpp", "telit"])
def test_a_dial_that_is_given_up_without_an_answer_is_ended_though_there_is_no_list(dialect: str) -> None:
    site = Site.set_up(dialect, ok_after_answer=True)
    first = site.answered_call("one")
    site.driver.hold(first, site.now_s)
    second = site.driver.dial(ev.Ref("two"), SILENT, site.now_s)
    site.driver.poll_calls(site.now_s)
    site.run(10.0)
    site.driver.hang_up(second, site.now_s, unless_answered=True)
    site.run(5.0)
    assert [event.ref for event in site.of(ev.CallReleased)] == ["two"]
    assert [str(call.state) for call in site.carrier.calls] == ["held", "ended"]


def test_an_answer_whose_ok_was_lost_is_found_by_whoever_gives_the_dial_up() -> None:
    site = Site.set_up("wavecom")
    call = site.driver.dial(ev.Ref("one"), USER, site.now_s)
    site.run(3.0)
    site.modem.mute(site.now_s, for_s=2.0)
    site.run(5.0)
    assert [view.answered for view in site.driver.calls()] == [False]
    site.driver.hang_up(call, site.now_s, unless_answered=True)
    site.run(5.0)
    assert [view.answered for view in site.driver.calls()] == [True]
    assert str(site.carrier.calls[-1].state) == "active"


def test_a_new_process_leaves_a_dial_alone_that_rings_and_whose_ok_is_the_answer() -> None:
    site = Site.set_up("wavecom")
    site.driver.dial(ev.Ref("leg"), USER, site.now_s)
    site.run(2.5)
    site.taken_over(5.0, rings=True)
    assert [event.ref for event in site.of(ev.CallAnswered)] == [ev.Ref("leg")]
    assert str(site.carrier.calls[-1].state) == "active"


def test_a_caller_of_whom_u_blox_says_no_more_than_ucallstat_is_found_at_once() -> None:
    site = Site.set_up("ublox")
    for _ in range(2):
        site.heard = b""
        site.rings(USER, 1.5)
        (view,) = site.driver.calls()
        assert (view.state, view.number) == (Stat.INCOMING, USER)
        site.far_end_hangs_up(USER, 3.0)
    assert b"RING" not in site.heard, "the second is told of by +UCALLSTAT alone"
    assert len(site.of(ev.CallIncoming)) == 2


@each("dialect", ["ublox", "huawei"])
@each("talking", [False, True])
def test_answers_one_command_late_are_noticed_and_set_right_by_a_port(dialect: str, talking: bool) -> None:
    site = Site.set_up(dialect)
    if talking:
        site.answered_call()
    site.modem.change_vices(Vices(shifted_answers=True))
    for _ in range(400):
        site.run(0.1)
        if site.of(ev.Unresponsive) and site.of(ev.Unresponsive)[-1].stage is ev.Stage.REOPEN:
            break
    else:
        raise AssertionError("nobody has noticed")
    site.events.clear()
    site.driver.on_port_lost(site.now_s)
    site.modem.port_closed(False, site.now_s)
    site.run(1.0)
    site.modem.port_opened(site.now_s)
    site.driver.on_port_opened(site.now_s)
    site.run(5.0)
    assert site.of(ev.Responsive)
    assert site.driver.ready
    assert [view.answered for view in site.driver.calls()] == [True] * talking
    assert site.of(ev.CallReleased) == []
    for view in site.driver.calls():
        site.driver.hang_up(view.call, site.now_s)
    site.run(3.0)
    site.answered_call("next")
    assert [view.answered for view in site.driver.calls()] == [True]


@each(("dialect", "registration"), some(14, list(product(ALL, ("searching", "denied", "none")))))
def test_a_network_that_is_lost_is_known_at_once_as_is_its_return(dialect: str, registration: str) -> None:
    site = Site.set_up(dialect)
    assert site.driver.registration is Registration.HOME
    site.answered_call()
    site.modem.change_vices(msgspec.convert({"registration": registration}, Vices))
    site.run(3.0)
    assert site.driver.registration is not None
    assert not site.driver.registration.in_service
    assert [event.ref for event in site.of(ev.CallReleased)] == [ev.Ref("leg")]
    site.modem.change_vices(Vices(registration="roaming"))
    site.run(1.0)
    assert site.driver.registration is Registration.ROAMING


@each("said", [True, False])
def test_a_modem_that_starts_without_a_network_is_in_service_once_there_is_one(said: bool) -> None:
    site = Site.set_up("huawei", registration="searching")
    assert site.driver.ready
    assert site.driver.registration is Registration.SEARCHING
    if not said:
        site.modem.parameters.reset()  # the code that tells of it is lost
    site.modem.change_vices(Vices(registration="home"))
    site.run(25.0)
    assert site.driver.registration is Registration.HOME


def test_a_sim_that_wants_its_puk_is_given_nothing_and_opened_by_hand_is_a_line() -> None:
    site = Site("3gpp", pin="1234", pin_tries=0)
    site.run(60.0)
    assert site.driver.sim == "SIM PUK"
    assert site.modem.sim.enter_puk("12345678", "4321")
    site.modem.update_registration(site.now_s)
    site.run(20.0)
    assert site.driver.ready
    site.answered_call()
    assert site.of(ev.CallAnswered)


def test_a_conference_that_stands_in_one_row_keeps_its_members_and_drops_the_one_that_is_meant() -> None:
    site = Site.set_up("quectel_ec2x", collapsed_conference=True)
    first = site.answered_call("one")
    site.driver.hold(first, site.now_s)
    site.run(3.0)
    second = site.answered_call("two", SECOND)
    site.driver.conference(site.now_s)
    site.run(20.0)
    assert [view.call for view in site.driver.calls()] == [first, second]
    site.hang_up(second, 5.0)
    assert [event.call for event in site.of(ev.CallReleased)] == [second]
    assert [str(call.state) for call in site.carrier.calls] == ["active", "ended"]
