"""A place is in an area by its outline, and the smallest area's PSAP is called."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from messages.ids import E164, AlertId, Channel, Instant
from model.alert.case import Case
from model.alert.parts import KnownPosition
from model.areas import Ring, contains, outline
from model.rules.calls.psap import has_psap, psap_number
from model.settings import Settings
from model.settings.psap import PsapRoute, PsapSettings
from tests.support.settings import changed

NATIONAL, REGION, COUNTRY, FOR_TESTS = (
    E164("+390200000112"),
    E164("+390211111111"),
    E164("+390222222222"),
    E164("+390233333333"),
)


def square(west: float, south: float, size: float) -> Ring:
    east, north = west + size, south + size
    return ((west, south), (east, south), (east, north), (west, north), (west, south))


def route(area: str, number: E164, *rings: Ring) -> PsapRoute:
    return PsapRoute(area=area, number=number, outline=outline(rings))


SETTINGS = Settings(
    psap=PsapSettings(
        number=NATIONAL,
        test_number=FOR_TESTS,
        route=(
            route("IT", COUNTRY, square(7, 36, 12)),
            route("IT-25", REGION, square(9, 45, 1), square(9.4, 45.4, 0.2)),
        ),
    )
)


def known(lat: float, lon: float, at: Instant) -> KnownPosition:
    return KnownPosition(lat=lat, lon=lon, at=at, accuracy_m=20.0, received_at=at, channel=Channel.DATA)


def case(lat: float | None = None, lon: float = 0.0, *, test: bool = False) -> Case:
    at = Instant(1_000_000_000)
    return Case(
        alert=AlertId("a"), channel=Channel.DATA, received_at=at, raised_at=at, deadline_at=at,
        test=test, positions=() if lat is None else (known(lat, lon, at),),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("lat", "lon", "number"),
    [
        (45.2, 9.2, REGION),
        (45.5, 9.5, COUNTRY),  # a hole in the region
        (44.0, 9.2, COUNTRY),
        (51.0, 0.0, NATIONAL),
        (None, 0.0, NATIONAL),
    ],
)
def test_the_user_s_place_decides_whom_112_is(lat: float | None, lon: float, number: E164) -> None:
    assert psap_number(case(lat, lon), SETTINGS) == number


def test_a_test_calls_the_number_for_tests_wherever_it_is() -> None:
    assert psap_number(case(45.2, 9.2, test=True), SETTINGS) == FOR_TESTS
    without = changed(SETTINGS, {"psap.test_number": E164("")})
    assert psap_number(case(45.2, 9.2, test=True), without) is None
    assert not has_psap(case(45.2, 9.2, test=True), without)
    assert has_psap(case(45.2, 9.2), without)


def test_where_the_user_is_now_counts_and_nowhere_before() -> None:
    moved = case(51.0)
    moved = replace(
        moved,
        positions=(
            *moved.positions,
            known(45.2, 9.2, Instant(2_000_000_000)),
        ),
    )
    assert psap_number(moved, SETTINGS) == REGION


@given(
    st.integers(0, 40), st.integers(0, 40), st.lists(st.floats(0.5, 9.5), min_size=3, max_size=3, unique=True)
)
def test_every_place_is_in_just_one_area_that_shares_borders(x: int, y: int, cuts: list[float]) -> None:
    """A square cut by a line that bends at three points, corners and borders included."""
    bend = [(2.5, cuts[0]), (5.0, cuts[1]), (7.5, cuts[2])]
    lower = outline([((0.0, 0.0), (0.0, 5.0), *bend, (10.0, 5.0), (10.0, 0.0))])
    upper = outline([((0.0, 10.0), (10.0, 10.0), (10.0, 5.0), *reversed(bend), (0.0, 5.0))])
    lat, lon = y / 4 - 1e-9 * (y == 40), x / 4 - 1e-9 * (x == 40)
    assert contains(lower, lat, lon) + contains(upper, lat, lon) == 1
    assert lower.corners == upper.corners == 7


@given(st.floats(-90, 90), st.floats(-180, 180))
def test_a_place_outside_the_box_is_outside(lat: float, lon: float) -> None:
    inside = 45 <= lat < 46 and 9 <= lon < 10
    assert contains(outline([square(9, 45, 1)]), lat, lon) is inside


def test_an_area_without_an_outline_is_none() -> None:
    with pytest.raises(ValueError, match="no outline"):
        outline([((1.0, 1.0), (2.0, 2.0))])
