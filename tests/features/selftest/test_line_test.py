"""A line is tried with a call, and gives way to whoever is in danger."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from features.selftest import line_trials
from features.selftest.trial import LineTrial, TrialOrder, leg_of
from messages.calls import CallState, OwnCallEnd
from messages.events import LineSeized
from messages.ids import E164, LineId, OperatorId, Role
from store import streams
from store.journal.following import FollowedFolds
from store.journal.journal import Append
from store.journal.projections import Lines
from tests.scenarios.conftest import MakeWorld
from tests.scenarios.world import USER, World

pytestmark = pytest.mark.scenario
EVA = OperatorId("eva")
SIM1, SIM2, SIM3 = LineId("sim1"), LineId("sim2"), LineId("sim3")
OF_SIM3 = E164("+390200000003")


def order(world: World, line: LineId, number: E164 = USER, other: LineId | None = None) -> TrialOrder:
    """As the web does it: what is wanted, then the lines."""
    caller = None if other is None else E164("+390200000002")
    wanted = TrialOrder(
        trial="t1",
        line=line,
        number=number,
        other=other,
        caller=caller,
        by=EVA,
        begun_at=world.clock.now_us(),
    )
    line_trials.order(world.env.run, wanted)
    ends = [one for one in (line, other) if one is not None]
    for place, one in enumerate(ends, 1):
        seized = LineSeized(line=one, leg=leg_of("t1", place), attempt=1, tester=EVA)
        world.journal.append(Append(streams.line(one), None, (seized,)))
    return wanted


def shown(world: World, line: LineId = SIM2) -> LineTrial:
    found = line_trials.trial_of(world.env.run, line)
    assert found is not None
    return found


def state(world: World) -> CallState | None:
    found = line_trials.trial_of(world.env.run, SIM2)
    return None if found is None else found.state


def tried(world: World) -> list[LineId]:
    """The lines that are a test's by the journal."""
    lines = Lines()
    FollowedFolds(world.journal, lines).close()
    return [hold.line for hold in lines.lines.values() if hold.tester is not None]


def up(world: World) -> None:
    """A test call from sim2 to the user's phone is answered."""
    order(world, SIM2)
    world.until("it is answered", lambda: state(world) is CallState.ANSWERED, 20)


def over(world: World) -> bool:
    return not tried(world) and not world.live_calls()


def test_a_number_is_called_is_heard_and_is_hung_up_when_that_is_ordered(world: World) -> None:
    up(world)
    assert [(call.to, call.line) for call in world.live_calls()] == [(USER, "sim2")]
    trial = shown(world)
    assert trial.ringing_at is not None
    assert trial.answered_at is not None
    assert trial.begun_at < trial.ringing_at < trial.answered_at
    world.until("its voice is there", lambda: bool(shown(world).now), 5)
    wanted = line_trials.order_of(world.env.run, SIM2)
    assert wanted is not None
    line_trials.order(world.env.run, replace(wanted, stop=True))
    world.until("it is over", lambda: over(world), 5)
    ended = shown(world)
    assert (ended.ends, ended.state, len(ended.voices)) == (OwnCallEnd.ORDERED, CallState.RELEASED, 1)
    assert ended.ended_at is not None
    assert line_trials.order_of(world.env.run, SIM2) is None


@pytest.mark.parametrize(("behaviour", "cause"), [("busy", 17), ("reject", 21)])
def test_what_the_network_says_is_told_and_the_line_is_free_at_once(
    make_world: MakeWorld, behaviour: str, cause: int
) -> None:
    world = make_world(behaviours={str(USER): behaviour})
    order(world, SIM2)
    world.until("it is over", lambda: shown_over(world), 20)
    trial = shown(world)
    assert (trial.ends, trial.cause, trial.answered_at) == (OwnCallEnd.RELEASED, cause, None)


def shown_over(world: World) -> bool:
    found = line_trials.trial_of(world.env.run, SIM2)
    return found is not None and found.ended_at is not None


def test_one_line_calls_another_which_answers_and_no_alert_is_raised(world: World) -> None:
    order(world, SIM2, OF_SIM3, other=SIM3)
    world.until("it rings", lambda: state(world) is CallState.RINGING, 20)
    world.until("it is answered", lambda: state(world) is CallState.ANSWERED, 20)
    world.until("both voices are there", lambda: len(shown(world).now) == 2, 10)
    world.until("it is over", lambda: over(world), 70)
    assert [one.line for one in shown(world).voices] == [SIM2, SIM3]
    stories = {recorded.stream.partition("-")[0] for recorded in _all(world)}
    assert "inbox" not in stories


def _all(world: World) -> list[object]:
    from store.journal.rebuild import replay

    class All:
        def __init__(self) -> None:
            self.seen: list[object] = []

        def apply(self, recorded: object) -> None:
            self.seen.append(recorded)

    found = All()
    replay(world.journal, found)
    return found.seen


def test_case_09_a_test_call_gives_its_line_to_an_alert_that_has_no_other(make_world: MakeWorld) -> None:
    world = make_world(public=2)
    up(world)
    world.send(phone=E164("+393330000001"))
    world.until("it is hung up", lambda: not tried(world), 10)
    assert shown(world).ends is OwnCallEnd.ALERT
    world.until("the alert has both lines", lambda: len(world.live_calls()) == 2, 20)


@pytest.mark.parametrize("role", [Role.LINE_TEST, Role.GSM_MODEM, Role.TRUNK_POOL])
def test_s13_a_death_in_a_test_call_drops_nothing_and_dials_nothing_twice(world: World, role: Role) -> None:
    up(world)
    world.kill(role).advance(8)
    assert len(world.calls(USER)) == 1
    assert state(world) is CallState.ANSWERED
    if role is Role.LINE_TEST:
        world.until("it is over", lambda: over(world), 70)
        assert shown(world).ends is OwnCallEnd.TIME


def test_a_line_whose_order_is_gone_is_let_go(world: World) -> None:
    up(world)
    line_trials.forget(world.env.run, SIM2)
    world.until("it is over", lambda: over(world), 10)
    assert shown(world).ends is OwnCallEnd.LOST


def test_a_line_that_a_test_has_left_behind_is_let_go_by_the_next_process(world: World) -> None:
    seized = LineSeized(line=SIM2, leg=leg_of("t0", 1), attempt=1, tester=EVA)
    world.journal.append(Append(streams.line(SIM2), None, (seized,)))
    assert tried(world) == [SIM2]
    world.kill(Role.LINE_TEST).until("it is nobody's", lambda: tried(world) == [], 10)


def test_a_line_of_a_test_that_was_never_begun_is_let_go_when_an_alert_needs_it(
    make_world: MakeWorld,
) -> None:
    world = make_world(public=2)
    seized = LineSeized(line=SIM2, leg=leg_of("t0", 1), attempt=1, tester=EVA)
    world.journal.append(Append(streams.line(SIM2), None, (seized,)))
    world.send(phone=E164("+393330000001"))
    world.until("it is not the test's", lambda: not tried(world), 10)
    world.until("the alert has both lines", lambda: len(world.live_calls()) == 2, 20)


def test_an_order_without_its_line_comes_to_nothing(world: World) -> None:
    wanted = TrialOrder(trial="t1", line=SIM2, number=USER, by=EVA, begun_at=world.clock.now_us())
    line_trials.order(world.env.run, wanted)
    world.until("it is forgotten", lambda: line_trials.order_of(world.env.run, SIM2) is None, 10)
    assert world.calls() == []


def test_a_number_of_112_is_not_dialled_whatever_the_order_says(make_world: MakeWorld) -> None:
    world = make_world(public=4)
    order(world, LineId("sim5"), world.settings.psap.number)
    world.until("it is over", lambda: over(world) and _ended(world), 10)
    assert world.calls() == []


def _ended(world: World) -> bool:
    found = line_trials.trial_of(world.env.run, LineId("sim5"))
    return found is not None and found.ended_at is not None
