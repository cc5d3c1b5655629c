"""What the doctor says of the map."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from pmtiles.tile import TileType

from application.settings.file import parse
from features.maps.address_file import Row, make
from features.maps.checks import addresses, tiles
from model.checks import Finding, Severity
from tests.features.maps.tile_pictures import pmtiles, png

RED = png(200, 0, 0, 8)


def found(text: str) -> list[tuple[Severity, str]]:
    """The findings for these settings."""
    said: list[Finding] = list(tiles(parse(text)))
    assert {one.check for one in said} == {"map"}
    return [(one.verdict, one.text) for one in said]


def test_without_streets_nothing_is_wrong() -> None:
    assert [verdict for verdict, _ in found("")] == [Severity.OK]


def test_a_file_is_opened_and_said_to_be_whose_it_is(tmp_path: Path) -> None:
    path = pmtiles(tmp_path / "a.pmtiles", {(0, 0, 0): RED, (9, 1, 1): RED})
    assert found(f'[map]\npmtiles = "{path}"') == [(Severity.OK, f"{path}: zoom 0 to 9, © Somebody")]


def test_a_file_that_names_nobody_is_a_warning(tmp_path: Path) -> None:
    path = pmtiles(tmp_path / "a.pmtiles", {(0, 0, 0): RED}, attribution="")
    assert [verdict for verdict, _ in found(f'[map]\npmtiles = "{path}"')] == [Severity.OK, Severity.WARN]


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda path: pmtiles(path, {(0, 0, 0): b"x"}, kind=TileType.MVT), "holds vector tiles"),
        (lambda path: path.write_bytes(b"something else" * 20), "not a PMTiles file"),
        (lambda path: None, "No such file"),
    ],
    ids=["vector", "none", "missing"],
)
def test_a_file_that_cannot_be_used_is_a_failure_with_path_and_reason(
    tmp_path: Path, make: object, reason: str
) -> None:
    path = tmp_path / "a.pmtiles"
    assert callable(make)
    make(path)
    ((verdict, text),) = found(f'[map]\npmtiles = "{path}"')
    assert verdict is Severity.FAIL
    assert text.startswith(f"map.pmtiles: {path}: ")
    assert reason in text


def test_a_server_that_does_not_answer_is_a_warning() -> None:
    ((verdict, text),) = found('[map]\ntiles = "http://127.0.0.1:9/{z}/{x}/{y}.png?key=secret"')
    assert verdict is Severity.WARN
    assert text.startswith("map.tiles: 127.0.0.1: ")
    assert "secret" not in text


def addressed(text: str) -> tuple[Severity, str]:
    """The finding about addresses for these settings."""
    (one,) = addresses(parse(text))
    assert one.check == "map"
    return one.verdict, one.text


def test_without_addresses_nothing_is_wrong() -> None:
    assert addressed("")[0] is Severity.OK


def test_a_file_of_addresses_is_opened_and_said_to_be_how_large_and_how_old(tmp_path: Path) -> None:
    path = tmp_path / "town.sqlite"
    make([Row(41.89, 12.49, "via Roma", "1", "")], path, date(2026, 11, 28))
    verdict, text = addressed(f'[map]\naddresses = "{path}"')
    assert verdict is Severity.OK
    assert text.startswith(f"{path}: 1 addresses, of 2026-11-28; asked in ")


def test_a_file_of_addresses_that_cannot_be_used_is_a_failure(tmp_path: Path) -> None:
    verdict, text = addressed(f'[map]\naddresses = "{tmp_path / "none.sqlite"}"')
    assert (verdict, text) == (
        Severity.FAIL,
        f"map.addresses: {tmp_path / 'none.sqlite'}: No such file or directory",
    )


def test_a_geocoder_that_does_not_answer_is_a_warning() -> None:
    verdict, text = addressed('[map]\ngeocoder = "http://127.0.0.1:9/secret"')
    assert verdict is Severity.WARN
    assert text.startswith("map.geocoder: 127.0.0.1: ConnectError; ")
    assert "secret" not in text
