"""Calls that come in: ringing, caller ID, answering, rejecting, waiting, missing."""

from __future__ import annotations

import pytest

from simulator.errors import NotNow
from simulator.network.call import CallState
from tests.simulator.world import DIALECTS, ONE, OPERATOR, SILENT, USER, World, each_world
from tests.support.each import each

each_dialect = each("dialect", DIALECTS)
HIDDEN = "+393330000099"


def ringing(dialect: str, caller: str = USER) -> World:
    world = World(dialect, phones=({"number": HIDDEN, "withheld": True},))
    world.one.ask("AT+CLIP=1")
    world.one.ask("AT+CRC=1")
    world.carrier.phone_call(caller, ONE, world.now_s)
    world.run(1.1)
    return world


@each_dialect
def test_a_call_rings_with_its_callers_number_again_and_again(dialect: str) -> None:
    world = ringing(dialect)
    said = world.one.run(10.1)
    assert said.count("+CRING: VOICE") == 3
    clips = [line for line in said if line.startswith("+CLIP: ")]
    assert len(clips) == 3
    assert USER.lstrip("+") in clips[0]
    assert ",145" in clips[0]
    assert world.one.clcc() == [(1, 1, 4, 0, USER.lstrip("+"))]
    assert world.call.state is CallState.RINGING
    assert world.call.line == "one"


@each_world
def test_without_clip_and_crc_there_is_only_ring(world: World) -> None:
    world.carrier.phone_call(USER, ONE, world.now_s)
    said = world.one.run(1.1)
    assert [line for line in said if not line.startswith("^CCALLSTATE")] == ["RING"]


@each_dialect
@each(("command", "cause"), [("AT+CHUP", 21), ("AT+CHLD=0", 17)])
def test_what_rings_is_rejected_or_told_that_we_are_busy(dialect: str, command: str, cause: int) -> None:
    world = ringing(dialect)
    world.one.ask(command)
    assert (world.call.cause, world.one.stats()) == (cause, [])
    assert world.carrier.phones[USER].state == "idle"


def test_a_caller_who_gives_up_leaves_a_missed_call_on_simcom() -> None:
    world = ringing("simcom7600")
    world.one.lines()
    world.carrier.phone_hang_up(USER, world.now_s)
    assert f"MISSED_CALL: 12:16AM {USER}" in world.one.lines()
    assert world.one.run(20) == []


@each_dialect
def test_nobody_answers_and_the_network_gives_up(dialect: str) -> None:
    world = ringing(dialect)
    world.run(21)
    assert world.call.cause == 19
    assert world.one.stats() == []


@each_world
def test_a_second_caller_gets_busy_without_call_waiting(world: World) -> None:
    world.one.call(USER)
    world.carrier.phone_call(OPERATOR, ONE, world.now_s)
    world.run(2)
    assert world.call.cause == 17
    assert world.one.stats() == [0]


@each_world
def test_a_waiting_call_rings_when_the_other_one_has_ended(world: World) -> None:
    world.one.ask("AT+CCWA=1")
    world.one.call(USER)
    world.carrier.phone_call(OPERATOR, ONE, world.now_s)
    world.one.run(1.1)
    assert "OK" in (said := world.one.ask("AT+CHUP"))
    assert "RING" in said
    assert world.one.stats() == [4]
    world.one.ask("ATA")
    assert world.one.stats() == [0]


@each_world
def test_a_call_during_set_up_gets_busy_even_with_call_waiting(world: World) -> None:
    world.one.ask("AT+CCWA=1")
    world.one.ask(f"ATD{SILENT};")
    world.carrier.phone_call(OPERATOR, ONE, world.now_s)
    world.run(2)
    assert world.carrier.calls[1].cause == 17


@each_world
def test_a_modem_that_is_out_of_reach_is_an_absent_subscriber(world: World) -> None:
    world.one.modem.unplug(world.now_s)
    world.carrier.phone_call(USER, ONE, world.now_s)
    world.run(2)
    assert world.call.cause == 20


def test_phones_call_phones_and_may_be_busy_with_it() -> None:
    world = World("3gpp")
    world.carrier.phone_call(USER, OPERATOR, world.now_s)
    world.run(5)
    assert world.call.state is CallState.ACTIVE
    assert world.call.line is None
    world.one.ask(f"ATD{USER};")
    assert world.one.run(5) == ["BUSY"]


def test_a_phone_does_by_hand_only_what_its_state_allows() -> None:
    world = World("3gpp")
    with pytest.raises(NotNow):
        world.carrier.phone_answer(SILENT, world.now_s)
    with pytest.raises(NotNow):
        world.carrier.phone_hang_up(SILENT, world.now_s)
    world.one.ask(f"ATD{SILENT};")
    world.run(3)
    world.carrier.phone_answer(SILENT, world.now_s)
    assert world.one.stats() == [0]
    with pytest.raises(NotNow):
        world.carrier.phone_call(SILENT, ONE, world.now_s)


def test_a_phone_hangs_up_by_itself_in_calls_it_takes_and_makes() -> None:
    world = World(
        "3gpp", phones=({"number": HIDDEN, "rings_after_s": 0, "answers_after_s": 0, "hangs_up_after_s": 5},)
    )
    world.one.ask(f"ATD{HIDDEN};")
    assert world.one.run(10) == ["NO CARRIER"]
    world.carrier.phone_call(HIDDEN, ONE, world.now_s)
    world.run(2)
    world.one.ask("ATA")
    world.run(5.1)
    assert world.call.state is CallState.ENDED
