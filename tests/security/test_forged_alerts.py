"""Forged alerts of many numbers, by an app key alone: an alert that its phone has signed has an operator.

Run against the whole center in one process, on a virtual clock: 3 operators, and more lines than they need.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from functools import partial
from itertools import cycle
from pathlib import Path

import pytest

from messages import events as ev
from messages.ids import E164, SECOND, Advice, AlertId, Assurance, OperatorCommand, Outcome, Party
from model.alert.case import Case
from model.alert.evolve import fold
from model.orders.effects import refusal
from model.orders.refusals import Refusal
from model.rules.vouching import WAITS_FOR_LAST_US
from model.rules.workers import BEYOND_SHIFT
from model.settings import Settings
from model.settings.alerts import LimitsSettings
from model.settings.psap import PsapSettings
from store import streams
from tests.scenarios.world import PSAP, USER, World, world
from tests.support.settings import changed

FORGED = [E164(f"+3934720000{n:02d}") for n in range(10)]
SETTINGS = Settings(psap=PsapSettings(number=PSAP), limits=LimitsSettings(idle_workers=1, live_cases=16))
Make = Callable[..., World]


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Make]:
    """Make a center with three operators whose lines do not run out; nobody answers the forged numbers."""
    for name in ("run", "logs"):
        (tmp_path / name).mkdir()
    made: list[AbstractContextManager[World]] = []

    def one(behaviour: str = "unreachable", public: int = 12, settings: Settings = SETTINGS) -> World:
        behaviours = dict.fromkeys(FORGED, behaviour)
        opened = world(tmp_path, operators=3, public=public, behaviours=behaviours, settings=settings)
        made.append(opened)
        return opened.__enter__()

    yield one
    for opened in made:
        opened.__exit__(None, None, None)


def case_of(center: World, alert: AlertId) -> Case:
    case = fold(center.journal.read_streams(streams.inbox(alert), streams.case(alert)))
    assert case is not None
    return case


def flood(center: World, count: int = 10, every_s: float = 0.5, **fields: object) -> list[AlertId]:
    """Raise so many alerts of as many numbers."""
    forged = []
    for number in FORGED[:count]:
        forged.append(center.send(number, **fields))
        center.advance(every_s)
    return forged


def proved(center: World) -> AlertId:
    """Raise an alert that the phone has signed."""
    return center.send(USER, proof=Assurance.DEVICE, key="k1")


def operator_called(center: World) -> bool:
    """Whether an operator is called for the last alert."""
    return any(leg.party is Party.OPERATOR for leg in center.case.legs.values())


def test_a_burst_leaves_one_operator_of_three_to_a_proved_alert(make: Make) -> None:
    center = make()
    forged = flood(center, every_s=0.2)
    center.advance(1)
    assert sum(len(case_of(center, one).reserved) for one in forged) == 2
    proved(center)
    center.until("an operator is called for it", lambda: operator_called(center), within_s=1)
    assert not center.events(ev.OperatorWanted), "nobody else's operator is needed"


def test_a_flood_gets_a_few_workers_more_than_there_are_operators_and_each_user_is_called(make: Make) -> None:
    """The others are kept, their apps told to call 112; 12 s before the deadline users are called."""
    center = make(public=24)
    forged = flood(center, every_s=0.2)
    center.advance(5)
    waiting = [one for one in forged if case_of(center, one).owner is None]
    assert waiting == forged[3 + BEYOND_SHIFT :]
    assert {case_of(center, one).advice for one in waiting} == {Advice.CALL_112_NOW}
    proved(center)
    center.until("an operator is called for it", lambda: operator_called(center), within_s=1)
    center.advance(34)
    for one in map(partial(case_of, center), forged):
        first = min(leg.since for leg in one.of(Party.USER))
        assert first <= one.deadline_at - SETTINGS.user.setup_time_s * SECOND + SECOND, one.alert
    assert center.stuck() == []


def test_an_operator_who_takes_a_waiting_alert_is_called_for_it(make: Make) -> None:
    center = make()
    forged = flood(center, every_s=0.2)
    center.advance(2)
    reserved = [one for alert in forged for one in case_of(center, alert).reserved]
    free = next(one for one in center.operators if one not in reserved)
    center.alert = forged[-1]
    assert center.case.owner is None
    center.order(OperatorCommand.TAKE, free)
    center.until("that operator is called", lambda: free in center.case.reserved, within_s=2)


def test_the_operator_who_was_left_is_not_idle_for_ever(make: Make) -> None:
    center = make()
    forged = flood(center, count=3, every_s=0.2)
    center.advance(WAITS_FOR_LAST_US / SECOND + 1)
    assert sum(len(case_of(center, one).reserved) for one in forged) == 3


def test_a_forged_alert_gives_its_operator_up_to_a_proved_one(make: Make) -> None:
    center = make()
    forged = flood(center)
    center.advance(15)
    assert sum(len(case_of(center, one).reserved) for one in forged) == 3
    proved(center)
    center.until("an operator is called for it", lambda: operator_called(center), within_s=5)
    wanted = center.events(ev.OperatorWanted)[0]
    assert isinstance(wanted, ev.OperatorWanted)
    assert center.case.reserved == (wanted.operator,)
    given = case_of(center, wanted.holder)
    assert (given.operator, given.closed_at) == (None, None), "it waits again"
    center.until("user and operator talk", lambda: center.case.answered(Party.USER) is not None)


def test_where_forged_alerts_have_all_workers_one_in_which_nothing_has_begun_gives_its_worker_up(
    make: Make,
) -> None:
    center = make(settings=changed(SETTINGS, {"limits.live_cases": 5}))
    forged = flood(center)
    center.advance(15)
    assert sum(case_of(center, one).owner is not None for one in forged) == 5
    proved(center)
    center.until("an operator is called for it", lambda: operator_called(center), within_s=5)
    given = [one for one in forged if case_of(center, one).returned_at is not None]
    assert len(given) == 1
    center.advance(30)
    assert all(case_of(center, one).closed_at is None for one in forged), "all of them wait still"


def test_what_an_operator_takes_for_real_keeps_its_operator(make: Make) -> None:
    center = make()
    forged = flood(center)
    center.advance(15)
    orders = cycle((OperatorCommand.VOUCH, OperatorCommand.CALL_PSAP))
    for center.alert in forged:
        if center.case.operator is not None:
            center.order(next(orders))
    proved(center)
    center.advance(10)
    assert not operator_called(center)
    assert not center.events(ev.OperatorWanted)


def test_nobody_who_was_heard_loses_the_operator(make: Make) -> None:
    center = make("answer")
    forged = flood(center, count=3)
    center.advance(25)
    talking = [one for one in forged if case_of(center, one).reached_at is not None]
    assert len(talking) == 3
    proved(center)
    center.advance(10)
    assert not center.events(ev.OperatorWanted)
    assert all(case_of(center, one).operator is not None for one in talking)


@pytest.mark.parametrize("silent", [False, True])
def test_the_supervisor_who_has_a_forged_alert_puts_it_away_and_no_operator(make: Make, silent: bool) -> None:
    center = make()
    center.send(FORGED[0], silent=silent)
    center.until("an operator has it", lambda: center.case.operator is not None)
    center.until("no phone of the user's rings", lambda: center.case.active(Party.USER) is None)
    by = center.case.operator
    assert by is not None
    assert refusal(center.case, OperatorCommand.PUT_AWAY, by, SETTINGS) == Refusal.PSAP_NOT_TOLD
    center.fact(ev.CommandGiven(command=OperatorCommand.PUT_AWAY, by=by, supervisor=True))
    center.until("it is closed", lambda: center.case.closed_at is not None, within_s=5)
    assert center.case.outcome is Outcome.PUT_AWAY
    assert not center.calls(PSAP)


def test_forged_alerts_that_have_all_lines_give_up_those_of_their_operators(make: Make) -> None:
    center = make("no_answer", public=5)
    flood(center)
    center.advance(15)
    proved(center)
    center.until("an operator is called for it", lambda: operator_called(center), within_s=9)
    center.until("user and operator talk", lambda: center.case.answered(Party.USER) is not None)
