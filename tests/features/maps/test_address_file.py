"""Addresses of a file: a thousand known places, what is no such file, and what a new one does to the old."""

from __future__ import annotations

import sqlite3
import time
from collections import Counter
from collections.abc import Iterator
from datetime import date
from functools import cache
from math import cos, hypot, radians, sin
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.maps.address_file import APPLICATION, AddressFile, Row, make
from features.maps.address_rows import rows
from features.maps.addresses import AddressesFailed
from messages.base import Position
from messages.ids import Instant, Nearness
from model.address import (
    LEAST_ACCURACY_M,
    NEAR_ACCURACY_M,
    NEAR_M,
    NUMBER_ACCURACY_M,
    STREET_ACCURACY_M,
    address_of,
    offset_m,
)
from tests.features.maps import made_up

TODAY = date(2026, 11, 28)


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The made-up town, imported."""
    folder = tmp_path_factory.mktemp("town")
    make(rows(made_up.csv(folder / "town.csv"), Counter()), folder / "town.sqlite", TODAY)
    return folder / "town.sqlite"


def position(lat: float, lon: float, accuracy_m: float) -> Position:
    return Position(lat=lat, lon=lon, at=Instant(0), accuracy_m=accuracy_m)


def test_of_a_thousand_known_places_each_is_told_by_street_and_number(town: Path) -> None:
    file = AddressFile(town)
    assert (file.addresses, file.made_at) == (1000, "2026-11-28")
    for door in made_up.doors():
        found = address_of(position(*door.before, 3.5), file.look(*door.before))
        assert found is not None
        assert (found.street, found.number, found.town) == (door.street, door.number, made_up.TOWN)
        assert (found.nearness, found.distance_m) == (Nearness.NUMBER, 2)


def test_of_the_same_places_known_to_20_m_the_street_is_right_and_no_number_is_told(town: Path) -> None:
    file = AddressFile(town)
    for door in made_up.doors():
        found = address_of(position(*door.before, 20.0), file.look(*door.before))
        assert found is not None
        assert (found.nearness, found.street, found.number) == (Nearness.STREET, door.street, "")


TRUE = st.tuples(st.floats(-40.0, 740.0), st.floats(-40.0, 850.0))
"""Metres east and north of the town's corner: where the phone is in truth."""


@given(TRUE, st.floats(0.0, 360.0), st.floats(0.0, 1.0), st.floats(0.0, 160.0))
def test_wherever_the_phone_is_within_what_it_says_the_words_are_true_of_the_town(
    town: Path, true: tuple[float, float], bearing: float, off: float, accuracy_m: float
) -> None:
    believed_m = max(accuracy_m, LEAST_ACCURACY_M)
    away_m = off * believed_m
    east_m, north_m = true[0] + away_m * sin(radians(bearing)), true[1] + away_m * cos(radians(bearing))
    where = made_up.at(east_m, north_m)
    found = address_of(position(*where, accuracy_m), _opened(town).look(*where))
    if found is None:
        return
    doors = sorted(
        (hypot(*offset_m(*made_up.at(*true), one.lat, one.lon)), one.street, one.number)
        for one in made_up.doors()
    )
    _, street, number = doors[0]
    assert found.town == made_up.TOWN
    match found.nearness:
        case Nearness.NUMBER:
            assert accuracy_m <= NUMBER_ACCURACY_M
            assert (found.street, found.number) == (street, number)
        case Nearness.STREET:
            assert accuracy_m <= STREET_ACCURACY_M
            assert (found.street, found.number) == (street, "")
        case Nearness.NEAR:
            assert accuracy_m <= NEAR_ACCURACY_M
            assert found.number == ""
            assert min(m for m, name, _ in doors if name == found.street) <= NEAR_M + 0.01


@cache
def _opened(town: Path) -> AddressFile:
    return AddressFile(town)


def test_outside_of_the_town_nothing_is_told(town: Path) -> None:
    where = made_up.at(-400.0, -400.0)
    assert AddressFile(town).look(*where).addresses == ()


def test_a_look_up_takes_at_most_5_ms_of_the_processor(town: Path) -> None:
    file = AddressFile(town)
    took = []
    for door in made_up.doors()[::5]:
        began = time.thread_time()
        address_of(position(*door.before, 20.0), file.look(*door.before))
        took.append(time.thread_time() - began)
    assert sorted(took)[int(len(took) * 0.99)] <= 0.005


def other_program(path: Path) -> None:
    with sqlite3.connect(path) as file:
        file.execute("CREATE TABLE a (b)")


def other_version(path: Path) -> None:
    with sqlite3.connect(path) as file:
        file.execute(f"PRAGMA application_id = {APPLICATION}")
        file.execute("PRAGMA user_version = 99")


def cut_short(path: Path) -> None:
    with sqlite3.connect(path) as file:
        file.execute(f"PRAGMA application_id = {APPLICATION}")
        file.execute("PRAGMA user_version = 1")


@pytest.mark.parametrize(("write", "reason"), [
    (lambda path: None, "No such file"),
    (lambda path: path.write_bytes(b"something else" * 200), "file is not a database"),
    (lambda path: sqlite3.connect(path).execute("CREATE TABLE a (b)"), "not made by `securwoman map import`"),
    (other_version, "by another version (99)"),
    (cut_short, "no such table"),
    (lambda path: path.mkdir(), "Is a directory"),
], ids=["missing", "garbage", "other", "version", "empty", "folder"])  # fmt: skip
def test_what_is_no_file_of_addresses_is_told_with_path_and_reason(
    tmp_path: Path, write: object, reason: str
) -> None:
    path = tmp_path / "a?b #c.sqlite"
    assert callable(write)
    write(path)
    with pytest.raises(AddressesFailed) as caught:
        AddressFile(path)
    assert str(caught.value).startswith(f"{path}: ")
    assert reason in str(caught.value)


def test_a_file_that_is_damaged_while_it_is_open_fails_and_ends_nothing(town: Path, tmp_path: Path) -> None:
    path = tmp_path / "damaged.sqlite"
    path.write_bytes(town.read_bytes())
    file = AddressFile(path)
    with path.open("r+b") as content:
        content.seek(16384)
        content.write(b"\xff" * (path.stat().st_size - 16384))
    with pytest.raises(AddressesFailed):
        file.look(*made_up.doors()[0].before)


def test_a_new_file_takes_the_old_one_s_place_and_who_has_that_reads_on(town: Path, tmp_path: Path) -> None:
    path = tmp_path / "town.sqlite"
    path.write_bytes(town.read_bytes())
    file = AddressFile(path)
    make([Row(44.0, 9.0, "via Nuova", "1", "")], path, TODAY)
    assert file.look(*made_up.doors()[0].before).addresses[0].street == "via Roma"
    assert AddressFile(path).look(44.0, 9.0).addresses[0].street == "via Nuova"
    assert [one.name for one in tmp_path.iterdir()] == ["town.sqlite"]


def test_a_file_that_could_not_be_made_leaves_the_old_one_alone(town: Path, tmp_path: Path) -> None:
    path = tmp_path / "town.sqlite"
    path.write_bytes(before := town.read_bytes())
    with pytest.raises(OSError, match="not there"):
        make(broken(), path, TODAY)
    assert path.read_bytes() == before
    assert [one.name for one in tmp_path.iterdir()] == ["town.sqlite"]


def broken() -> Iterator[Row]:
    yield Row(44.0, 9.0, "via Nuova", "1", "")
    raise OSError("not there any more")
