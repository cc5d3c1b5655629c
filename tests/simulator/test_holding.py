"""Hold, conference, transfer (+CHLD), and their refusal for emergency calls."""

from __future__ import annotations

from simulator.network.call import CallState
from tests.simulator.world import AT_ONCE, DIALECTS, ONE, OPERATOR, PSAP, USER, World, each_world
from tests.support.each import each

each_dialect = each("dialect", DIALECTS)
PSAP_112 = {"number": "112", "rings_after_s": 1.0, "answers_after_s": 2.0}


def two_calls(dialect: str) -> World:
    """The user on hold (id 1), the operator active (id 2)."""
    world = World(dialect, phones=(PSAP_112,))
    world.one.ask("AT+CMEE=1")
    world.one.call(USER)
    world.one.call(OPERATOR)
    world.one.lines()
    return world


def groups(world: World) -> list[tuple[int, int, int]]:
    return [(id_, stat, mpty) for id_, _, stat, mpty, _ in world.one.clcc()]


@each_dialect
def test_chld_2_swaps_and_3_joins_and_2x_takes_one_aside(dialect: str) -> None:
    world = two_calls(dialect)
    assert groups(world) == [(1, 1, 0), (2, 0, 0)]
    assert world.one.ask(f"ATD{PSAP};") == ["+CME ERROR: 3"], "one active, one held: no room"
    world.one.ask("AT+CHLD=2")
    assert groups(world) == [(1, 0, 0), (2, 1, 0)]
    world.one.ask("AT+CHLD=3")
    assert groups(world) == [(1, 0, 1), (2, 0, 1)]
    world.one.ask("AT+CHLD=22")
    assert groups(world) == [(1, 1, 0), (2, 0, 0)]


@each_dialect
def test_three_parties_are_held_and_taken_back_together(dialect: str) -> None:
    world = two_calls(dialect)
    world.one.ask("AT+CHLD=3")
    world.one.call(PSAP)
    assert groups(world) == [(1, 1, 1), (2, 1, 1), (3, 0, 0)]
    world.one.ask("AT+CHLD=3")
    assert groups(world) == [(1, 0, 1), (2, 0, 1), (3, 0, 1)]
    world.one.ask("AT+CHLD=12")
    assert groups(world) == [(1, 0, 1), (3, 0, 1)]
    assert world.carrier.phones[OPERATOR].state == "idle"
    world.one.ask("AT+CHLD=13")
    assert groups(world) == [(1, 0, 0)], "a conference of one is none"


@each_dialect
def test_chld_0_drops_the_held_and_1_drops_the_active(dialect: str) -> None:
    world = two_calls(dialect)
    world.one.ask("AT+CHLD=0")
    assert groups(world) == [(2, 0, 0)]
    world = two_calls(dialect)
    world.one.ask("AT+CHLD=1")
    assert groups(world) == [(1, 0, 0)]


@each_dialect
def test_chld_1_takes_the_waiting_call_rather_than_the_held_one(dialect: str) -> None:
    world = two_calls(dialect)
    world.one.ask("AT+CCWA=1")
    world.carrier.phone_call(PSAP, ONE, world.now_s)
    world.run(1.5)
    assert groups(world) == [(1, 1, 0), (2, 0, 0), (3, 5, 0)]
    assert world.one.ask("AT+CHLD=2") == ["+CME ERROR: 3"], "no room for a second group on hold"
    world.one.ask("AT+CHLD=1")
    assert groups(world) == [(1, 1, 0), (3, 0, 0)]


@each_dialect
def test_chld_4_leaves_the_two_parties_to_each_other(dialect: str) -> None:
    world = two_calls(dialect)
    assert "OK" in world.one.ask("AT+CHLD=4")
    assert groups(world) == []
    assert [call.state for call in world.carrier.calls] == [CallState.ACTIVE, CallState.ACTIVE]
    world.run(3)
    world.carrier.phone_hang_up(USER, world.now_s)
    assert [call.state for call in world.carrier.calls] == [CallState.ENDED, CallState.ENDED]


@each_world
@each("what", ["0", "1", "2", "3", "4", "12", "21", "5", "", "x", "1x"])
def test_with_no_call_there_is_nothing_to_control(world: World, what: str) -> None:
    assert world.one.ask(f"AT+CHLD={what}") == ["ERROR"]


@each("dialect", AT_ONCE)
def test_a_call_being_set_up_cannot_be_swapped_or_joined(dialect: str) -> None:
    world = World(dialect)
    world.one.call(USER)
    world.one.ask(f"ATD{OPERATOR};")
    world.run(0.5)
    for what in ("1", "2", "3", "4"):
        assert "OK" not in world.one.ask(f"AT+CHLD={what}")
    assert [stat for _, stat, _ in groups(world)] == [1, 2]


@each_dialect
def test_hold_and_join_are_refused_on_an_emergency_call(dialect: str) -> None:
    world = World(dialect, phones=(PSAP_112,))
    world.one.ask("AT+CMEE=1")
    world.one.call("112")
    world.one.lines()
    for what in ("2", "3", "4", "21"):
        assert world.one.ask(f"AT+CHLD={what}") == ["+CME ERROR: 3"], what
    assert world.one.ask(f"ATD{USER};") == ["+CME ERROR: 3"], "it cannot be held for another call"
    assert groups(world) == [(1, 0, 0)]
    assert (world.call.emergency, world.call.to, world.call.callee) == (
        True,
        "112",
        world.carrier.phones["112"],
    )
    assert "OK" in world.one.ask("AT+CHLD=1")
    assert groups(world) == []


@each_dialect
def test_everything_else_is_let_go_for_an_emergency_call(dialect: str) -> None:
    world = two_calls(dialect)
    world.one.call("112")
    assert [call.state for call in world.carrier.calls] == [
        CallState.ENDED, CallState.ENDED, CallState.ACTIVE,
    ]  # fmt: skip
    assert world.one.ask("ATD113;") == ["+CME ERROR: 3"], "there is one emergency call at a time"


@each_dialect
def test_a_caller_gets_busy_during_an_emergency_call(dialect: str) -> None:
    world = World(dialect, phones=(PSAP_112,))
    world.one.ask("AT+CCWA=1")
    world.one.call("112")
    world.carrier.phone_call(USER, ONE, world.now_s)
    world.run(2)
    assert world.call.cause == 17


@each_world
@each("number", ["112", "118", "911"])
def test_emergency_numbers_reach_nobody_in_a_world_without_one(world: World, number: str) -> None:
    world.one.ask(f"ATD{number};")
    world.one.run(3)
    assert (world.call.emergency, world.call.cause, world.call.answered_at_s) == (True, 1, None)


@each_dialect
def test_any_emergency_number_reaches_112_and_its_own_phone_first(dialect: str) -> None:
    world = World(dialect, phones=(PSAP_112, {**PSAP_112, "number": "118"}))
    for dialled, reached in (("118", "118"), ("113", "112")):
        world.one.call(dialled)
        assert world.call.callee is world.carrier.phones[reached]
        world.one.ask("AT+CHUP")


@each_dialect
def test_the_sims_own_emergency_numbers_are_listed_and_set_up_emergency_calls(dialect: str) -> None:
    world = World(dialect, phones=(PSAP_112,), modem={"sim_emergency_numbers": ["112", "08", "1530"]})
    assert world.one.ask("AT+CRSM=176,28599,0,0,0") == ['+CRSM: 144,0,"11F2FF80FFFF5103FF"', "OK"]
    assert world.one.ask("AT+CRSM=176,28423,0,0,9") == ['+CRSM: 106,130,""', "OK"]
    world.one.call("1530")
    assert (world.call.emergency, world.call.callee) == (True, world.carrier.phones["112"])


@each_dialect
def test_an_emergency_call_may_fail_without_a_sim_or_by_the_network(dialect: str) -> None:
    world = World(dialect, phones=(PSAP_112,), modem={"sim": False, "emergency": "no_carrier"})
    assert world.one.ask("AT+CPIN?") == ["ERROR"]
    assert world.one.ask(f"ATD{USER};") == ["ERROR"]
    world.one.ask("ATD112;")
    world.one.run(5)
    assert (world.call.cause, world.call.answered_at_s) == (58, None)
