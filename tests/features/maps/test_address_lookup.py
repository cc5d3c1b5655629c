"""When an address is asked for, and what is written of it: nothing waits, nothing is asked for twice."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine

from msgspec.structs import replace

from features.maps.address_lookup import AddressRequests
from features.maps.addresses import AddressesFailed
from messages.base import Address
from messages.ids import AlertId, Channel, Instant, NodeId, WorkerId
from model.address import Nearby, NearbyAddresses, nearby_addresses
from model.alert.case import Case
from model.alert.parts import KnownPosition, Owner
from tests.waiting import wait_until_async

HERE, ELSEWHERE = NodeId("n1"), NodeId("n2")
ALERT = AlertId("a1")
ROMA = nearby_addresses([Nearby(street="via Roma", number="12", east_m=0.0, north_m=5.0)], 150.0)


def case(lat: float = 44.0, accuracy_m: float | None = 5.0, *, node: NodeId | None = HERE) -> Case:
    position = KnownPosition(
        lat=lat, lon=9.0, at=Instant(0), accuracy_m=accuracy_m, received_at=Instant(0), channel=Channel.DATA
    )
    owner = None if node is None else Owner(node=node, worker=WorkerId("c00"), incarnation=1)
    return Case(
        alert=ALERT,
        channel=Channel.DATA,
        raised_at=Instant(0),
        received_at=Instant(0),
        deadline_at=Instant(50_000_000),
        positions=(position,),
        owner=owner,
    )


class World:
    """One alert, a source that answers when it is let, and what is written."""

    def __init__(self, known: NearbyAddresses = ROMA) -> None:
        self.case: Case | None = case()
        self.known = known
        self.fails = False
        self.asked: list[float] = []
        self.written: list[Address] = []
        self.go = asyncio.Event()
        self.go.set()
        self.asking = AddressRequests(self, HERE, lambda _: self.case, self.write)

    async def around(self, lat: float, lon: float) -> NearbyAddresses:
        self.asked.append(lat)
        await self.go.wait()
        if self.fails:
            raise AddressesFailed("it has failed")
        return self.known

    async def close(self) -> None:
        """Nothing is open."""

    async def write(self, alert: AlertId, address: Address) -> None:
        assert self.case is not None
        self.written.append(address)
        self.case = replace(self.case, address_found=address)

    async def looks(self) -> None:
        """Something happens in the alert; returns once nothing is under way."""
        self.asking.look([ALERT])
        await wait_until_async(lambda: not self.asking._tasks, what="nothing under way")


def played(story: Callable[[World], Coroutine[None, None, None]], known: NearbyAddresses = ROMA) -> World:
    """The world after the story."""

    async def play() -> World:
        world = World(known)
        await story(world)
        await world.asking.close()
        return world

    return asyncio.run(play())


def test_each_position_is_asked_for_once_however_much_happens() -> None:
    async def story(world: World) -> None:
        for _ in range(3):
            await world.looks()
        world.case = case(44.01)
        await world.looks()

    world = played(story)
    assert world.asked == [44.0, 44.01]
    assert [one.number for one in world.written] == ["12", "12"]


def test_nothing_is_asked_before_the_case_is_opened_nor_of_another_node_s_nor_of_a_closed_one() -> None:
    async def story(world: World) -> None:
        for one in (case(node=None), case(node=ELSEWHERE), replace(case(), closed_at=Instant(1)), None):
            world.case = one
            await world.looks()
        world.case = replace(case(), positions=())
        await world.looks()

    assert played(story).asked == []


def test_where_the_words_are_the_same_for_a_place_close_by_nothing_is_written_again() -> None:
    async def story(world: World) -> None:
        await world.looks()
        world.case = replace(case(44.00001), address_found=world.written[-1])
        await world.looks()
        # Better known: more may be said of it, and it is asked again.
        world.case = replace(case(44.0, 3.0), address_found=world.written[-1])
        await world.looks()

    world = played(story)
    assert len(world.asked) == 3
    assert len(world.written) == 1


def test_what_would_be_a_guess_is_not_written() -> None:
    async def story(world: World) -> None:
        for accuracy_m in (None, 400.0):
            world.case = case(44.0, accuracy_m)
            await world.looks()

    assert played(story).written == []


def test_while_one_question_is_under_way_there_is_no_other_and_then_the_newest_is_asked() -> None:
    async def story(world: World) -> None:
        world.go.clear()
        world.asking.look([ALERT])
        await wait_until_async(lambda: world.asked, what="the first question")
        for lat in (44.01, 44.02, 44.03):
            world.case = case(lat)
            world.asking.look([ALERT])
        world.go.set()
        await wait_until_async(lambda: not world.asking._tasks, what="nothing under way")

    world = played(story)
    assert world.asked == [44.0, 44.03]
    assert [one.lat for one in world.written] == [44.0, 44.03]


def test_after_a_failure_it_is_asked_again_with_the_next_that_happens_and_not_before() -> None:
    async def story(world: World) -> None:
        world.fails = True
        await world.looks()
        assert len(world.asked) == 1
        world.fails = False
        await world.looks()

    world = played(story)
    assert len(world.asked) == 2
    assert len(world.written) == 1


def test_of_an_alert_that_is_over_meanwhile_nothing_is_written() -> None:
    async def story(world: World) -> None:
        world.go.clear()
        world.asking.look([ALERT])
        await wait_until_async(lambda: world.asked, what="the first question")
        world.case = replace(case(), closed_at=Instant(1))
        world.go.set()
        await wait_until_async(lambda: not world.asking._tasks, what="nothing under way")

    assert played(story).written == []


def test_who_ends_waits_for_no_answer() -> None:
    async def story(world: World) -> None:
        world.go.clear()
        world.asking.look([ALERT])
        await wait_until_async(lambda: world.asked, what="the first question")

    assert played(story).written == []
