"""A geocoder on this machine: how it is asked and understood; one that is slow, refuses or talks nonsense."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from urllib.parse import parse_qs, urlsplit

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.maps import geocoder, nominatim, photon
from features.maps.addresses import AddressesFailed
from features.maps.geocoder import Geocoder
from messages.base import Position
from messages.ids import Instant, Nearness
from model.address import NearbyAddresses, address_of, offset_m
from tests.features.maps.made_up import LAT, LON, at

Answer = Callable[[asyncio.StreamWriter], Awaitable[None]]
POSITION = Position(lat=LAT, lon=LON, at=Instant(0), accuracy_m=5.0)


def says(body: bytes, status: int = 200, more: str = "") -> Answer:
    """A whole answer."""

    async def write(writer: asyncio.StreamWriter) -> None:
        head = f"HTTP/1.1 {status} -\r\ncontent-length: {len(body)}\r\nconnection: close\r\n{more}\r\n"
        writer.write(head.encode() + body)
        await writer.drain()

    return write


async def never(writer: asyncio.StreamWriter) -> None:
    """Begins, and does not go on."""
    writer.write(b"HTTP/1.1 200 -\r\ncontent-length: 500\r\n\r\n{")
    await writer.drain()
    await asyncio.Event().wait()


async def hangs_up(_: asyncio.StreamWriter) -> None:
    """Answers nothing."""


@contextlib.asynccontextmanager
async def server(answer: Answer) -> AsyncIterator[tuple[str, list[str]]]:
    """A geocoder that answers so; its address, and what it was asked."""
    asked: list[str] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            asked.append(head.decode())
            await answer(writer)
        except asyncio.CancelledError:
            pass
        finally:
            writer.close()

    tasks: set[asyncio.Task[None]] = set()

    def begin(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        tasks.add(asyncio.create_task(serve(reader, writer)))

    listening = await asyncio.start_server(begin, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}", asked
    finally:
        listening.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks)


def got(api: str, answer: Answer, times: int = 1) -> tuple[list[NearbyAddresses | str], list[str]]:
    """What it gives, one after another, or why not; and what the server was asked."""

    async def ask() -> tuple[list[NearbyAddresses | str], list[str]]:
        async with server(answer) as (address, asked):
            one = Geocoder(f"{address}/", api, version="1.2.3")  # type: ignore[arg-type]
            found: list[NearbyAddresses | str] = []
            for _ in range(times):
                try:
                    found.append(await one.around(LAT, LON))
                except AddressesFailed as error:
                    found.append(str(error))
            await one.close()
            return found, asked

    return asyncio.run(ask())


def house(east_m: float, north_m: float, **properties: str) -> dict[str, object]:
    lat, lon = at(east_m, north_m)
    geometry = {"type": "Point", "coordinates": [lon, lat]}
    return {"type": "Feature", "geometry": geometry, "properties": {"type": "house", **properties}}


def features(*some: dict[str, object]) -> bytes:
    return json.dumps({"type": "FeatureCollection", "features": some}).encode()


ROMA = [
    house(0, 8, street="via Roma", housenumber="12", city="Pavia"),
    house(30, 8, street="via Roma", housenumber="14"),
]


def test_photon_is_asked_for_houses_and_tells_number_and_town() -> None:
    (found,), (asked,) = got("photon", says(features(*ROMA)))
    assert isinstance(found, NearbyAddresses)
    told = address_of(POSITION, found)
    assert told is not None
    assert (told.street, told.number, told.town, told.distance_m) == ("via Roma", "12", "Pavia", 8)
    path = urlsplit(asked.split()[1])
    assert path.path == "/reverse"
    assert parse_qs(path.query) == {
        **{"lat": ["44.000000"], "lon": ["9.000000"], "radius": ["0.15"]},
        **{"layer": ["house"], "limit": ["50"], "dedupe": ["0"]},
    }
    assert "user-agent: securwoman/1.2.3" in asked.lower()


def test_of_many_houses_those_are_known_that_are_nearer_than_the_last() -> None:
    row = [house(12.0 * n, 8, street="via Roma", housenumber=str(n)) for n in range(50)]
    near = photon.answer(features(*row[:9]), LAT, LON)
    many = photon.answer(features(*row[:11]), LAT, LON)
    assert near.within_m == 150.0
    assert many.within_m == pytest.approx(120.3, abs=0.1)
    assert photon.answer(features(*row), LAT, LON).within_m == 150.0


def test_what_has_no_street_is_no_address() -> None:
    assert photon.answer(features(house(0, 8, name="Bar Roma")), LAT, LON).addresses == ()


def of_nominatim(east_m: float, north_m: float, shape: object = None, **address: str) -> bytes:
    lat, lon = at(east_m, north_m)
    geojson = {"type": "Point", "coordinates": [lon, lat]} if shape is None else shape
    return json.dumps({"lat": str(lat), "lon": str(lon), "address": address, "geojson": geojson}).encode()


def test_nominatim_tells_one_house_and_its_number_is_told_of_a_very_good_position_alone() -> None:
    (found,), (asked,) = got(
        "nominatim", says(of_nominatim(0, 8, road="Via Roma", house_number="12", town="Pavia"))
    )
    assert isinstance(found, NearbyAddresses)
    told = address_of(POSITION, found)
    assert told is not None
    assert (told.street, told.number, told.town) == ("Via Roma", "12", "Pavia")
    query = parse_qs(urlsplit(asked.split()[1]).query)
    assert (query["format"], query["layer"], query["zoom"]) == (["jsonv2"], ["address"], ["18"])


def test_how_far_a_street_is_is_measured_to_where_it_is_nearest() -> None:
    # From 1 km west to 1 km east, 20 m to the north; its middle is far off.
    line = [list(reversed(at(east_m, 20.0))) for east_m in (-1000.0, 1000.0)]
    shape = {"type": "LineString", "coordinates": line}
    found = nominatim.answer(of_nominatim(900, 20, shape, road="Via Roma"), LAT, LON)
    (street,) = found.addresses
    assert (street.east_m, street.north_m) == (pytest.approx(0, abs=0.1), pytest.approx(20, abs=0.1))
    shape = {"type": "MultiLineString", "coordinates": [line[:1], line]}
    assert nominatim.answer(of_nominatim(900, 20, shape, road="Via Roma"), LAT, LON).addresses == (street,)
    told = address_of(POSITION, found)
    assert told is not None
    assert (told.nearness, told.distance_m) == (Nearness.STREET, 20)


@given(
    st.lists(st.tuples(st.floats(-300, 300), st.floats(-300, 300)), min_size=2, max_size=6),
    st.integers(0, 4),
    st.floats(0, 1),
)
def test_no_point_of_a_street_is_nearer_than_the_one_that_is_measured_to(
    corners: list[tuple[float, float]], piece: int, share: float
) -> None:
    line = [list(reversed(at(*corner))) for corner in corners]
    shape = {"type": "LineString", "coordinates": line}
    (street,) = nominatim.answer(of_nominatim(0, 0, shape, road="Via Roma"), LAT, LON).addresses
    one, other = corners[piece % (len(corners) - 1)], corners[piece % (len(corners) - 1) + 1]
    point = at(*(a + share * (b - a) for a, b in zip(one, other, strict=True)))
    east_m, north_m = offset_m(LAT, LON, *point)
    assert street.distance_m <= (east_m**2 + north_m**2) ** 0.5 + 0.01


def test_where_nominatim_knows_nothing_nothing_is_told() -> None:
    assert got("nominatim", says(b'{"error":"Unable to geocode"}'))[0] == [NearbyAddresses()]


@pytest.mark.parametrize("api", ["photon", "nominatim"])
@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (says(b"busy", 503), "the server answers 503"),
        (says(b"", 302, "location: http://127.0.0.1:9/\r\n"), "the server answers 302"),
        (says(b"<html>Sign in</html>"), "the answer is not an address"),
        (says(b'{"features":[{"geometry":null}],"lat":7}'), "the answer is not an address"),
        (says(b'{"x":' + b"[" * 100_000), "the answer is not an address"),
        (says(b"x" * (geocoder.ANSWER_MAX + 1)), "the answer is larger than an address"),
        (hangs_up, "RemoteProtocolError"),
    ],
    ids=["busy", "elsewhere", "html", "other", "deep", "long", "gone"],
)
def test_one_that_fails_is_named_without_the_position_and_left_alone_for_a_while(
    api: str, answer: Answer, reason: str
) -> None:
    (first, second), asked = got(api, answer, times=2)
    assert first == f"127.0.0.1: {reason}"
    assert second == "127.0.0.1 failed a moment ago, and is not asked again yet"
    assert len(asked) == 1


def test_one_that_is_slow_is_waited_for_a_second_and_no_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    assert geocoder.WITHIN_S == 1.0
    monkeypatch.setattr(geocoder, "WITHIN_S", 0.1)
    assert got("photon", never)[0] in (["127.0.0.1: TimeoutError"], ["127.0.0.1: ReadTimeout"])


def test_one_that_is_not_there_fails_at_once() -> None:
    async def ask() -> None:
        one = Geocoder("http://127.0.0.1:9", "photon", version="")
        with pytest.raises(AddressesFailed, match="ConnectError"):
            await one.around(LAT, LON)
        await one.close()

    asyncio.run(ask())


NAMES = ("features", "geometry", "coordinates", "properties", "street", "lat", "lon", "address", "road")
KEYS = st.sampled_from([*NAMES, "geojson", "type"])
anything = st.recursive(
    st.none() | st.floats() | st.text(max_size=5) | st.integers(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)


@given(st.binary(max_size=300) | anything.map(lambda value: json.dumps(value).encode()))
def test_nonsense_is_one_error_or_nothing(content: bytes) -> None:
    for answer in (photon.answer, nominatim.answer):
        with contextlib.suppress(msgspec.DecodeError):
            assert isinstance(answer(content, LAT, LON), NearbyAddresses)
