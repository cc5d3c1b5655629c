"""The whole flow of an alert, through every actor, the journal, the AT engine and the carrier."""

from __future__ import annotations

from collections.abc import Collection

import pytest

from messages.ids import E164, SECOND, Advice, OperatorCommand, Party
from store.errors import StoreMisuse
from store.journal.notify import LocalListener, LocalNotifier, topic_of_kind
from tests.scenarios.conftest import MakeWorld
from tests.scenarios.world import OPERATORS, USER, World

pytestmark = pytest.mark.scenario


def to_attended(world: World, phone: E164 | None = USER, **fields: object) -> None:
    world.send(phone, **fields)
    world.until("an operator has it", lambda: world.case.operator is not None)


def to_talking(world: World, phone: E164 | None = USER, **fields: object) -> None:
    world.send(phone, **fields)
    world.until("operator and user are joined", lambda: len(joined(world)) == 2)


def to_conference(world: World) -> None:
    to_talking(world)
    world.order(OperatorCommand.CALL_PSAP).until("112 is joined", lambda: len(joined(world)) == 3)


def joined(world: World) -> set[Party]:
    return {leg.party for leg in world.case.legs.values() if leg.joined}


def everything_is_over(world: World) -> None:
    world.until("the alert is closed", lambda: world.case.closed_at is not None)
    assert world.live_calls() == []
    assert world.case.reserved == ()


def ends(world: World) -> None:
    """The operator says that nobody is in danger, and everybody is free."""
    world.order(OperatorCommand.DECLARE_FALSE_ALARM)
    everything_is_over(world)


def voice_alert(world: World) -> None:
    """The user calls the center."""
    world.network.call_in(USER)
    world.until("an alert", world.alerts)


def test_s03_the_user_is_identified_by_number_or_device(make_world: MakeWorld) -> None:
    world = make_world(operators=0)
    world.send(None, device="phone-1")
    world.advance(1.0)
    assert (world.case.user, world.case.phone) == (world.user.id, USER)


class Silent(LocalNotifier):
    """Loses everything."""

    def committed(self, seq: int, streams: Collection[str] = ()) -> None:
        """No listener hears of it."""


class Full(LocalNotifier):
    """Has no room for a case's socket."""

    def listen(self, about: str = "") -> LocalListener:
        """As where the folder's file system is full. Raises StoreMisuse."""
        if about and about != topic_of_kind("inbox") and about.startswith("inbox-"):
            raise StoreMisuse("no space left on device")
        return super().listen(about)


@pytest.mark.parametrize("notify", [LocalNotifier, Silent, Full])
def test_what_is_written_into_an_inbox_is_acted_upon_at_once_and_within_a_second_where_that_is_not_heard(
    make_world: MakeWorld, notify: type[LocalNotifier]
) -> None:
    within_s = 0.02 if notify is LocalNotifier else 1.02
    world = make_world(notify=notify())
    world.send()
    world.advance(within_s)
    assert world.case.owner is not None
    # As the intake, so the case.
    world.until("operator and user are joined", lambda: len(joined(world)) == 2)
    world.order(OperatorCommand.CALL_PSAP).advance(within_s)
    assert world.case.of(Party.PSAP)


def test_s11_a_missed_deadline_is_known_and_the_app_was_advised_before(make_world: MakeWorld) -> None:
    world = make_world(operators=1, behaviours={OPERATORS[0]: "no_answer", USER: "unreachable"})
    world.send()
    world.advance(49.9)
    assert world.case.advice is Advice.CALL_112_NOW
    assert world.case.missed_at is None
    world.advance(0.2)
    assert world.case.missed_at == world.case.deadline_at
    assert world.case.deadline_at == world.case.received_at + 50 * SECOND
