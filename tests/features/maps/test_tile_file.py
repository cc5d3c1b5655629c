"""Pictures out of a PMTiles file: where they lie, where there are none, and files that are none."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from pmtiles.tile import TileType

from features.maps.tile_file import TilesFile
from features.maps.tiles import Tile, TilesFailed
from tests.features.maps.tile_pictures import pmtiles, png

RED, BLUE = png(200, 0, 0, 8), png(0, 0, 200, 8)


def test_a_picture_is_found_at_its_place_and_nowhere_else(tmp_path: Path) -> None:
    file = TilesFile(pmtiles(tmp_path / "map.pmtiles", {(0, 0, 0): RED, (2, 1, 3): BLUE, (3, 7, 0): RED}))
    assert (file.min_zoom, file.max_zoom, file.attribution) == (0, 3, "© Somebody")
    assert file.read(0, 0, 0) == Tile(RED, "image/png")
    assert file.read(2, 1, 3) == Tile(BLUE, "image/png")
    assert file.read(3, 7, 0) == Tile(RED, "image/png")
    for nowhere in ((2, 1, 2), (2, 4, 0), (2, -1, 0), (1, 0, 0), (4, 0, 0), (-1, 0, 0), (40, 0, 0)):
        assert file.read(*nowhere) is None


def test_a_map_of_many_pictures_has_its_directories_in_leaves(tmp_path: Path) -> None:
    chance = random.Random(1)
    zoom = 9
    places = chance.sample([(zoom, x, y) for x in range(256) for y in range(128)], 20_000)
    tiles = {place: RED + chance.randbytes(chance.randrange(1, 200)) for place in places}
    file = TilesFile(pmtiles(tmp_path / "map.pmtiles", tiles))
    assert file._header["leaf_directory_length"] > 0
    for place in chance.sample(places, 300):
        found = file.read(*place)
        assert found is not None
        assert found.content == tiles[place]
    assert file.read(zoom, 256, 0) is None


def test_what_is_the_same_picture_many_times_is_kept_once_and_found_everywhere(tmp_path: Path) -> None:
    sea = {(6, x, y): BLUE for x in range(64) for y in range(64)}
    path = pmtiles(tmp_path / "map.pmtiles", {**sea, (6, 30, 30): RED})
    assert path.stat().st_size < 2000
    file = TilesFile(path)
    assert file.read(6, 30, 30) == Tile(RED, "image/png")
    assert file.read(6, 31, 30) == file.read(6, 0, 63) == Tile(BLUE, "image/png")


def test_settings_win_over_what_the_file_says(tmp_path: Path) -> None:
    path = pmtiles(tmp_path / "map.pmtiles", {(0, 0, 0): RED, (3, 0, 0): RED})
    file = TilesFile(path, attribution="© We", max_zoom=2)
    assert (file.attribution, file.max_zoom) == ("© We", 2)
    assert file.read(3, 0, 0) is None


def test_an_attribution_in_html_is_shown_as_text(tmp_path: Path) -> None:
    said = '<a href="https://example.org/copyright">&copy; Maps</a> and <b>others</b>'
    path = pmtiles(tmp_path / "map.pmtiles", {(0, 0, 0): RED}, attribution=said)
    assert TilesFile(path).attribution == "© Maps and others"


@pytest.mark.parametrize("kind", [TileType.MVT, TileType.MLT])
def test_vector_tiles_are_refused_with_the_reason(tmp_path: Path, kind: TileType) -> None:
    path = pmtiles(tmp_path / "italy.pmtiles", {(0, 0, 0): b"\x1a\x00"}, kind=kind)
    with pytest.raises(TilesFailed, match=rf"italy\.pmtiles: holds vector tiles \({kind.name}\)"):
        TilesFile(path)


def test_what_is_no_picture_is_not_handed_on(tmp_path: Path) -> None:
    path = pmtiles(tmp_path / "map.pmtiles", {(0, 0, 0): b"<svg onload='x'/>"})
    assert TilesFile(path).read(0, 0, 0) is None


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "not a PMTiles file"),
        (b"PMTiles\x03", "not a PMTiles file"),
        (b"\x89PNG\r\n\x1a\n" + bytes(200), "not a PMTiles file"),
        (bytes(200), "not a PMTiles file"),
        (b"PMTiles\x02" + bytes(200), "another version than 3"),
        (b"PMTiles\x03" + bytes(200), "does not state the format of its tiles"),
        (b"PMTiles\x03" + b"\xff" * 200, "not a valid Compression"),
    ],
)
def test_a_file_that_is_none_is_named_with_the_reason(tmp_path: Path, content: bytes, reason: str) -> None:
    path = tmp_path / "map.pmtiles"
    path.write_bytes(content)
    with pytest.raises(TilesFailed, match=rf"map\.pmtiles: .*{reason}"):
        TilesFile(path)


def test_a_file_that_is_not_there_is_named_with_the_reason(tmp_path: Path) -> None:
    with pytest.raises(TilesFailed, match=r"none\.pmtiles: No such file or directory"):
        TilesFile(tmp_path / "none.pmtiles")


def test_a_file_that_is_cut_short_costs_a_picture_and_nothing_else(tmp_path: Path) -> None:
    path = pmtiles(tmp_path / "map.pmtiles", {(0, 0, 0): RED, (1, 1, 1): BLUE})
    file = TilesFile(path)
    with path.open("rb+") as cut:
        cut.truncate(path.stat().st_size - 4)
    assert file.read(0, 0, 0) == Tile(RED, "image/png")
    with pytest.raises(TilesFailed, match="ends too early"):
        file.read(1, 1, 1)


def test_directories_that_are_damaged_are_said_at_once(tmp_path: Path) -> None:
    path = pmtiles(tmp_path / "map.pmtiles", {(0, 0, 0): RED})
    content = bytearray(path.read_bytes())
    content[127:137] = bytes(10)
    path.write_bytes(content)
    with pytest.raises(TilesFailed, match="a directory cannot be read"):
        TilesFile(path)
