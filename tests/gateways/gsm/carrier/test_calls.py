"""Calls through the simulated carrier: ours, others', several, and those that fail."""

from __future__ import annotations

import re
from itertools import product

from gateways.gsm.at.parse import Stat
from gateways.gsm.dialects.detection import by_lines
from gateways.gsm.driver import events as ev
from gateways.gsm.port.dial_guard import DialGuard
from messages.base import HangupCause
from simulator.config import changed_phone
from tests.gateways.gsm.bench import DIALECTS
from tests.gateways.gsm.carrier.site import (
    ALL,
    AWAY,
    BUSY,
    EARLY,
    FAMILIES,
    LINE,
    REJECTING,
    SECOND,
    SILENT,
    USER,
    WITHHELD,
    Site,
)
from tests.support.depth import some
from tests.support.each import each


@each("dialect", ALL)
def test_a_call_is_dialled_answered_given_digits_and_ended_by_either_side(dialect: str) -> None:
    site = Site.set_up(dialect)
    assert [event.identity.dialect for event in site.of(ev.Ready)] == [dialect]
    call = site.driver.dial(ev.Ref("leg"), USER, site.now_s)
    site.run(10.0)
    if dialect != EARLY:
        assert site.story() == ["CallDialing", "CallRinging", "CallAnswered"]
        assert all(event.confirmed for event in site.of(ev.CallAnswered))
    for digit in "5#":
        site.driver.send_digit(call, digit, site.now_s)
    site.run(3.0)
    assert site.carrier.calls[-1].digits == "5#"
    assert len(site.of(ev.RequestDone)) == 2
    site.hang_up(call, 3.0)
    assert str(site.carrier.calls[-1].state) == "ended"
    site.answered_call("next")
    site.far_end_hangs_up(USER, 3.0)
    assert [(event.ref, event.cause) for event in site.of(ev.CallReleased)] == [("leg", 16), ("next", 16)]
    assert site.story()[-1] == "CallReleased"


@each("dialect", ALL)
def test_a_call_that_comes_in_is_answered_declined_or_given_up(dialect: str) -> None:
    site = Site.set_up(dialect)
    site.rings(WITHHELD, 4.0)
    (view,) = site.driver.calls()
    assert (view.number, view.withheld) == (None, True)
    site.far_end_hangs_up(WITHHELD, 3.0)
    site.rings(USER, 3.0)
    (view,) = site.driver.calls()
    assert view.number == USER
    site.answer(view.call)
    assert len(site.of(ev.CallAnswered)) == 1
    site.far_end_hangs_up(USER, 3.0)
    assert site.driver.calls() == ()
    site.rings(USER, 2.0)
    site.hang_up(site.driver.calls()[0].call, 3.0)
    assert site.driver.calls() == ()
    assert len(site.of(ev.CallIncoming)) == 3
    assert [event.answered for event in site.of(ev.CallReleased)] == [False, True, False]
    assert str(site.carrier.calls[-1].state) == "ended"


@each("dialect", ALL)
def test_auto_finds_the_dialect(dialect: str) -> None:
    site = Site.set_up(dialect, spoken="auto")
    assert site.driver.dialect.key == dialect


@each("dialect", FAMILIES)
def test_the_dialect_is_found_by_the_lines_of_the_session_alone(dialect: str) -> None:
    site = Site.set_up(dialect)
    site.answered_call()
    site.far_end_hangs_up(USER, 3.0)
    heard = [line for line in re.split(r"[\r\n]+", site.heard.decode("latin-1")) if line]
    assert by_lines(DIALECTS, heard).key == dialect


@each("dialect", ALL)
def test_a_modem_of_which_nothing_is_known_places_sees_and_ends_calls(dialect: str) -> None:
    site = Site.set_up(dialect, spoken="3gpp")
    call = site.answered_call("out")
    assert [view.answered for view in site.driver.calls()] == [True]
    site.hang_up(call, 3.0)
    site.driver.dial(ev.Ref("silent"), SILENT, site.now_s)
    site.run(30.0)
    site.rings(USER, 3.0)
    (view,) = site.driver.calls()
    assert (view.number, view.answered) == (USER, False)
    site.answer(view.call)
    site.far_end_hangs_up(USER, 5.0)
    assert site.driver.calls() == ()
    assert [event.ref for event in site.of(ev.CallReleased)] == ["out", "silent", None]
    assert [str(call.state) for call in site.carrier.calls] == ["ended"] * 3


def test_an_early_answer_proves_nothing() -> None:
    site = Site.set_up(EARLY)
    site.driver.dial(ev.Ref("leg"), SILENT, site.now_s)
    site.run(5.0)
    assert [event.confirmed for event in site.of(ev.CallAnswered)] == [False]
    assert str(site.carrier.calls[-1].state) == "ringing"
    site.run(30.0)
    assert [event.cause for event in site.of(ev.CallReleased)] == [19]
    site.rings(USER, 3.0)
    site.answer(site.driver.calls()[0].call)
    assert [event.confirmed for event in site.of(ev.CallAnswered)] == [False, True]


CAUSES = ((BUSY, 17), (SILENT, 19), (REJECTING, 21), (AWAY, 20))


@each(("dialect", "number", "cause"), some(26, [(one, *why) for one in FAMILIES for why in CAUSES]))
def test_a_call_that_fails_says_why(dialect: str, number: str, cause: int) -> None:
    site = Site.set_up(dialect)
    site.driver.dial(ev.Ref("leg"), number, site.now_s)
    site.run(40.0)
    (released,) = site.of(ev.CallReleased)
    assert not released.answered
    assert released.cause == cause
    assert site.driver.calls() == ()


@each("dialect", ["huawei", "simcom7600", "quectel_ec2x"])
def test_codes_that_come_out_at_another_port_are_called_to_the_command_port(dialect: str) -> None:
    site = Site.set_up(dialect, at_command_port=True, codes_elsewhere=True)
    site.modem.take_other_port_output()
    site.rings(USER, 3.0)
    (view,) = site.driver.calls()
    assert (view.state, view.number) == (Stat.INCOMING, USER)
    assert site.modem.take_other_port_output() == b""
    assert site.of(ev.UnreportedCall) == []


@each("dialect", ["3gpp", "huawei", "quectel_ec2x", "sim800"])
def test_a_call_whose_codes_come_out_elsewhere_is_found_in_the_list_and_said_to_be(dialect: str) -> None:
    site = Site.set_up(dialect, codes_elsewhere=True)
    site.carrier.phone_call(USER, LINE, site.now_s)
    site.run(DIALECTS.get(dialect).data.poll.idle_s + 2.0)
    assert b"RING" in site.modem.take_other_port_output()
    (view,) = site.driver.calls()
    assert (view.state, view.number) == (Stat.INCOMING, USER)
    assert [event.call for event in site.of(ev.UnreportedCall)] == [view.call]
    site.answer(view.call)
    assert [view.answered for view in site.driver.calls()] == [True]


@each("dialect", ALL)
def test_two_calls_are_held_joined_and_dropped_in_the_network(dialect: str) -> None:
    site = Site.set_up(dialect)
    first = site.answered_call("one")
    site.driver.hold(first, site.now_s)
    site.run(3.0)
    second = site.answered_call("two", SECOND)
    site.driver.conference(site.now_s)
    site.run(3.0)
    assert all(view.in_conference for view in site.driver.calls())
    site.hang_up(second, 4.0)
    assert [view.call for view in site.driver.calls()] == [first]
    assert [event.call for event in site.of(ev.CallReleased)] == [second]


@each("dialect", ALL)
def test_a_waiting_caller_is_taken_and_the_first_held(dialect: str) -> None:
    site = Site.set_up(dialect)
    site.answered_call("one")
    site.rings(SECOND, 3.0)
    waiting = next(view for view in site.driver.calls() if view.number == SECOND)
    site.answer(waiting.call)
    assert {view.state for view in site.driver.calls()} == {Stat.HELD, Stat.ACTIVE}
    for view in site.driver.calls():
        site.driver.hang_up(view.call, site.now_s)
    site.run(6.0)
    assert site.driver.calls() == ()
    assert len(site.of(ev.CallReleased)) == 2


@each("dialect", FAMILIES)
def test_a_modem_refuses_to_hold_an_emergency_call_and_whoever_asked_is_told(dialect: str) -> None:
    site = Site(dialect)
    site.guard = DialGuard(psap_live=True, trunk_emergency=True)
    site.run(1.0)
    call = site.answered_call("psap", "112")
    assert [view.answered for view in site.driver.calls()] == [True]
    site.driver.hold(call, site.now_s)
    site.run(3.0)
    assert [event.request for event in site.of(ev.RequestFailed)] == ["hold"]
    assert [view.state for view in site.driver.calls()] == [Stat.ACTIVE]
    assert site.carrier.calls[-1].emergency


@each(("dialect", "far_end"), some(14, list(product(ALL, (True, False)))))
def test_a_call_listed_under_another_number_is_ours_and_dialled_anew(dialect: str, far_end: bool) -> None:
    site = Site.set_up(dialect, shows_number="+390612345678")
    for turn in ("one", "two"):
        call = site.driver.dial(ev.Ref(turn), USER, site.now_s)
        site.run(6.0)
        (view,) = site.driver.calls()
        assert (view.call, view.ref, view.answered, view.number) == (call, turn, True, USER)
        if far_end:
            site.carrier.phone_hang_up(USER, site.now_s)
        else:
            site.driver.hang_up(call, site.now_s)
        site.run(1.5)
    site.run(3.0)
    assert [event.ref for event in site.of(ev.CallReleased)] == ["one", "two"]
    assert [str(call.state) for call in site.carrier.calls] == ["ended"] * 2
    assert site.driver.calls() == ()


@each("dialect", ALL)
def test_a_call_that_the_network_does_not_even_take_is_the_lines_failure(dialect: str) -> None:
    site = Site.set_up(dialect, fails_after_s=0.5)
    site.driver.dial(ev.Ref("leg"), USER, site.now_s)
    site.run(4.0)
    assert [event.cause for event in site.of(ev.CallReleased)] == [HangupCause.TEMPORARY_FAILURE]


@each(("dialect", "number", "cause"), some(14, [(one, *why) for one in ALL for why in CAUSES[::2]]))
def test_a_party_who_declines_is_no_line_that_fails(dialect: str, number: str, cause: int) -> None:
    site = Site.set_up(dialect)
    phone = site.carrier.phone(number)
    phone.change(changed_phone(phone.profile, {"rings_after_s": 0.0, "answers_after_s": 0.0}))
    site.driver.dial(ev.Ref("leg"), number, site.now_s)
    site.run(5.0)
    assert [event.cause for event in site.of(ev.CallReleased)] == [cause]


def test_two_calls_that_are_active_at_once_are_a_conference_though_their_rows_do_not_say_so() -> None:
    site = Site.set_up("3gpp", unmarked_conference=True)
    for number in (USER, SECOND):
        site.answered_call(number, number)
    site.driver.conference(site.now_s)
    site.run(30.0)
    assert [(view.state, view.in_conference) for view in site.driver.calls()] == [(Stat.ACTIVE, True)] * 2
    site.far_end_hangs_up(SECOND, 5.0)
    assert [view.in_conference for view in site.driver.calls()] == [False]
