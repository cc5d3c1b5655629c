"""What a new process, or a modem that is back, makes of calls at the simulated carrier."""

from __future__ import annotations

from itertools import product

from gateways.gsm.driver.events import CallAnswered, CallReleased, Ready, Ref, Responsive, Stage, Unresponsive
from messages.base import HangupCause
from tests.gateways.gsm.carrier.site import ALL, FAMILIES, USER, Site
from tests.support.depth import some
from tests.support.each import each

SET_UP_S = [0.3 * step for step in range(12)]
"""Seconds from the dial to the damage: the phone rings after 1 s and is answered 2 s later."""


@each(("dialect", "after_s"), some(13, list(product(FAMILIES, (0.0, 0.5, 1.5, 2.5, 6.0)))))
def test_a_new_process_takes_a_call_over_in_whatever_state_it_is(dialect: str, after_s: float) -> None:
    site = Site.set_up(dialect)
    site.driver.dial(Ref("leg"), USER, site.now_s)
    site.pump()
    site.run(after_s)
    site.taken_over(60.0, listen_first=after_s < 3.0)
    assert len(site.carrier.calls) == 1
    assert site.of(CallReleased) == []
    assert len(site.of(CallAnswered)) == 1
    assert [view.ref for view in site.driver.calls()] == [Ref("leg")]


@each("dialect", ALL)
def test_a_garbled_line_loses_no_call(dialect: str) -> None:
    site = Site.set_up(dialect)
    call = site.answered_call()
    site.modem.garble(site.now_s)
    site.run(20.0)
    assert site.of(CallReleased) == []
    site.hang_up(call, 5.0)
    assert [event.ref for event in site.of(CallReleased)] == [Ref("leg")]
    assert str(site.carrier.calls[-1].state) == "ended"


@each("dialect", ALL)
def test_a_line_garbled_while_a_call_is_set_up_loses_no_call(dialect: str) -> None:
    for after_s in SET_UP_S:
        site = Site.set_up(dialect)
        site.driver.dial(Ref("leg"), USER, site.now_s)
        site.run(after_s)
        site.modem.garble(site.now_s)
        site.run(20.0)
        assert [event for event in site.of(CallReleased) if event.ref == Ref("leg")] == [], after_s
        assert Ref("leg") in {view.ref for view in site.driver.calls()}, after_s


@each(("dialect", "boot_s"), some(13, list(product(FAMILIES, (3.3, 4.2, 5.0, 7.5, 12.0)))))
def test_a_modem_that_starts_anew_in_a_call_has_lost_it_and_is_set_up(dialect: str, boot_s: float) -> None:
    site = Site.set_up(dialect, boot_time_s=boot_s)
    site.answered_call()
    site.modem.feed(b"AT+CFUN=1,1\r", site.now_s)
    site.run(30.0)
    assert [event.cause for event in site.of(CallReleased)] == [HangupCause.LINE_LOST]
    assert len(site.of(Ready)) == 2
    assert site.modem.parameters.first("&D") == 0
    site.answered_call("next")
    assert len(site.of(CallAnswered)) == 2


@each("dialect", ALL)
def test_a_modem_that_is_mute_and_was_unplugged_comes_back_without_its_call(dialect: str) -> None:
    site = Site.set_up(dialect)
    site.answered_call()
    site.modem.mute(site.now_s)
    site.run(20.0)
    assert Stage.REOPEN in [event.stage for event in site.of(Unresponsive)]
    site.replugged(40.0)
    assert site.of(Responsive)
    assert [event.ref for event in site.of(CallReleased)] == [Ref("leg")]
    assert site.driver.ready
