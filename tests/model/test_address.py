"""Which address is said of a position: a number, a street, "near" a street, or nothing."""

from __future__ import annotations

from math import cos, hypot, pi, sin

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messages import events as ev
from messages.base import Address, Position
from messages.ids import ErasureReason, Instant, Nearness, PersonalKind
from model import address as rules
from model.address import Nearby, address_of, address_still_holds, nearby_addresses
from tests.model.one_alert import case_of

ROME = (41.9, 12.5)
EVERYTHING_M = 1000.0


def position(accuracy_m: float | None, lat: float = ROME[0], lon: float = ROME[1]) -> Position:
    return Position(lat=lat, lon=lon, at=Instant(0), accuracy_m=accuracy_m)


def house(street: str, number: str, east_m: float, north_m: float) -> Nearby:
    return Nearby(street=street, number=number, town="Roma", east_m=east_m, north_m=north_m)


def said(found: Address | None) -> str:
    """In short: `via Roma 12`, `via Roma`, `~via Roma`, or nothing."""
    if found is None:
        return ""
    return f"{'~' if found.nearness is Nearness.NEAR else ''}{found.street} {found.number}".strip()


ROW = [house("via Roma", str(2 * n), 15.0 * (n - 6), 8.0) for n in range(1, 12)]
"""Doors every 15 m along a street from west to east, 8 m north of who stands before number 12."""
CORNER = [*ROW, *(house("via Verdi", str(n), 60.0, -15.0 * n) for n in range(1, 8))]


@pytest.mark.parametrize(
    ("accuracy_m", "words"),
    [
        *((None, ""), (0.0, "via Roma 12"), (5.0, "via Roma 12"), (8.0, "via Roma"), (20.0, "via Roma")),
        *((40.0, "~via Roma"), (100.0, "~via Roma"), (101.0, ""), (1200.0, "")),
    ],
)
def test_the_worse_a_position_the_less_is_said(accuracy_m: float | None, words: str) -> None:
    assert said(address_of(position(accuracy_m), nearby_addresses(CORNER, EVERYTHING_M))) == words


@pytest.mark.parametrize(
    ("accuracy_m", "words"),
    [(5.0, "via Roma 12"), (10.0, "via Roma"), (15.0, "via Roma"), (16.0, "~via Roma")],
)
def test_of_a_house_whose_neighbours_are_not_known_less_is_said(accuracy_m: float, words: str) -> None:
    assert said(address_of(position(accuracy_m), nearby_addresses([ROW[5]]))) == words


@pytest.mark.parametrize(
    ("north_m", "words"), [(25.0, "via Roma 12"), (26.0, "~via Roma"), (140.0, "~via Roma"), (150.0, "")]
)
def test_far_from_every_door_it_is_near_and_further_it_is_nothing(north_m: float, words: str) -> None:
    alone = nearby_addresses([house("via Roma", "12", 0.0, north_m)], EVERYTHING_M)
    assert said(address_of(position(5.0), alone)) == words


def test_of_two_addresses_at_one_point_no_number_and_no_street_is_said() -> None:
    corner = nearby_addresses(
        [house("via Roma", "12", 3.0, 4.0), house("via Verdi", "1", 3.0, 4.0)], EVERYTHING_M
    )
    assert said(address_of(position(3.0), corner)).startswith("~")
    stairs = nearby_addresses(
        [house("via Roma", "12/A", 3.0, 4.0), house("via Roma", "12/B", 3.0, 4.0)], EVERYTHING_M
    )
    assert said(address_of(position(3.0), stairs)) == "via Roma"


def test_a_house_with_two_doors_is_one_house() -> None:
    doors = nearby_addresses(
        [house("via Roma", "12", 1.0, 4.0), house("Via Roma", "12", -1.0, 4.0)], EVERYTHING_M
    )
    assert said(address_of(position(10.0), doors)) == "via Roma 12"


def test_where_nothing_is_known_nothing_is_said() -> None:
    assert address_of(position(5.0), nearby_addresses([], EVERYTHING_M)) is None


near = st.floats(-160, 160, allow_nan=False)
streets = st.sampled_from(["via Roma", "via Verdi", "vicolo"])
houses = st.lists(st.builds(house, streets, st.sampled_from(["1", "2", "3"]), near, near), max_size=30)
accuracies = st.floats(0, 200, allow_nan=False)
directions = st.tuples(st.floats(0, 2 * pi), st.floats(0, 1))


@given(houses, accuracies, directions)
def test_a_number_or_a_street_is_said_only_where_it_is_the_nearest_from_wherever_the_position_may_be(
    there: list[Nearby], accuracy_m: float, where: tuple[float, float]
) -> None:
    found = address_of(position(accuracy_m), nearby_addresses(there, EVERYTHING_M))
    if found is None or found.nearness is Nearness.NEAR:
        return  # five of six: to assume them away fails where they come in a row
    angle, share = where
    east, north = share * accuracy_m * cos(angle), share * accuracy_m * sin(angle)

    def away(one: Nearby) -> float:
        return hypot(one.east_m - east, one.north_m - north)

    least = min(map(away, there))
    nearest = [one for one in there if away(one) <= least + 1e-6]
    assert any(one.street == found.street for one in nearest)
    if found.nearness is Nearness.NUMBER:
        assert any((one.street, one.number) == (found.street, found.number) for one in nearest)


@given(houses, accuracies, st.sampled_from([0.0, EVERYTHING_M]))
def test_never_a_number_beyond_15_m_nor_a_street_beyond_50_nor_anything_beyond_100(
    there: list[Nearby], accuracy_m: float, within_m: float
) -> None:
    found = address_of(position(accuracy_m), nearby_addresses(there, within_m))
    if found is None:
        return
    assert accuracy_m <= rules.NEAR_ACCURACY_M
    assert found.nearness is Nearness.NUMBER or not found.number
    assert found.nearness is not Nearness.NUMBER or accuracy_m <= rules.NUMBER_ACCURACY_M
    assert found.nearness is Nearness.NEAR or accuracy_m <= rules.STREET_ACCURACY_M
    assert found.distance_m + accuracy_m <= rules.NEAR_M + 0.5


@given(houses, st.floats(0, 100), st.floats(0, 100))
def test_a_better_position_never_has_less_said_of_it(there: list[Nearby], one: float, other: float) -> None:
    words = [Nearness.NEAR, Nearness.STREET, Nearness.NUMBER]
    better, worse = (
        address_of(position(accuracy_m), nearby_addresses(there, EVERYTHING_M))
        for accuracy_m in sorted((one, other))
    )
    if worse is not None:
        assert better is not None
        assert words.index(better.nearness) >= words.index(worse.nearness)


@given(st.floats(-89, 89), st.floats(-180, 180), st.floats(-0.001, 0.001), st.floats(-0.001, 0.001))
def test_metres_are_those_of_the_globe_everywhere(lat: float, lon: float, north: float, east: float) -> None:
    there = (lon + east + 180) % 360 - 180
    to_east, to_north = rules.offset_m(lat, lon, lat + north, there)
    assert to_north == pytest.approx(north * 111_195, abs=0.01)
    assert to_east == pytest.approx(east * 111_195 * cos(lat * pi / 180), abs=0.01)


FOUND = Address(
    lat=41.9, lon=12.5, accuracy_m=10.0, nearness=Nearness.NUMBER, street="via Roma", number="12",
    distance_m=8,
)  # fmt: skip


@pytest.mark.parametrize(
    ("shown", "still"),
    [
        (position(10.0), True),
        (position(4.0), True),
        (position(10.0, lat=41.90004), True),
        (position(10.0, lat=41.90006), False),
        (position(11.0), False),
        (position(None), False),
    ],
)
def test_an_address_holds_for_the_same_place_not_less_exactly_known(shown: Position, still: bool) -> None:
    assert address_still_holds(FOUND, shown) is still


def test_a_case_shows_the_address_of_the_position_that_it_shows_and_of_no_other() -> None:
    here = ev.PositionUpdated(position=position(10.0))
    found = ev.AddressFound(address=FOUND)
    assert case_of(here).address is None
    assert case_of(here, found).address == FOUND
    away = ev.PositionUpdated(position=position(10.0, lat=41.901))
    assert case_of(here, found, away).address is None
    assert case_of(here, found, ev.AddressFound()).address is None


def test_with_the_positions_the_address_is_forgotten() -> None:
    erased = ev.AlertErased(kinds=(PersonalKind.POSITION,), reason=ErasureReason.RETENTION, by="")
    here = ev.PositionUpdated(position=position(10.0))
    assert case_of(here, ev.AddressFound(address=FOUND), erased).address_found is None
