"""A tile server asked by the center: what is kept, what is refused, and what happens when it fails."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from features.maps.tile_server import FRESH_S, TileCache, TileServer
from features.maps.tiles import TILE_MAX, Tile, TilesFailed
from tests.features.maps.tile_pictures import png

RED = png(200, 0, 0, 8)
ADDRESS = "https://tiles.example.org/{z}/{x}/{y}.png?key=secret"
Answer = Callable[[httpx.Request], httpx.Response]


class Server:
    """A server that answers as it is told, and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[httpx.Request] = []
        self.answer: Answer = lambda _: httpx.Response(200, content=RED)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        return self.answer(request)


@pytest.fixture
def server() -> Server:
    return Server()


def tiles(server: Server, folder: Path, address: str = ADDRESS) -> TileServer:
    return TileServer(
        address,
        folder,
        attribution="© Somebody",
        max_zoom=18,
        version="1.2.3",
        transport=httpx.MockTransport(server),
    )


def got(one: TileServer, *places: tuple[int, int, int]) -> list[Tile | None]:
    """What it gives, one after another."""

    async def ask() -> list[Tile | None]:
        try:
            return [await one.tile(*place) for place in places]
        finally:
            await one.close()

    return asyncio.run(ask())


def test_a_picture_is_fetched_once_and_kept(tmp_path: Path, server: Server) -> None:
    place = (16, 34000, 24000)
    assert got(tiles(server, tmp_path / "tiles"), place, place) == [Tile(RED, "image/png")] * 2
    assert [str(request.url) for request in server.asked] == [
        "https://tiles.example.org/16/34000/24000.png?key=secret"
    ]
    assert server.asked[0].headers["user-agent"] == "securWoman/1.2.3"
    # Another start of the web.
    assert got(tiles(server, tmp_path / "tiles"), place) == [Tile(RED, "image/png")]
    assert len(server.asked) == 1


def test_what_is_old_is_fetched_again_and_shown_all_the_same_where_the_server_fails(
    tmp_path: Path, server: Server
) -> None:
    got(tiles(server, tmp_path / "tiles"), (1, 0, 0))
    (kept,) = (path for path in (tmp_path / "tiles").rglob("*") if path.is_file())
    old_s = time.time() - FRESH_S - 60
    os.utime(kept, (old_s, old_s))
    server.answer = lambda _: httpx.Response(500)
    assert got(tiles(server, tmp_path / "tiles"), (1, 0, 0)) == [Tile(RED, "image/png")]
    blue = png(0, 0, 200, 8)
    server.answer = lambda _: httpx.Response(200, content=blue)
    assert got(tiles(server, tmp_path / "tiles"), (1, 0, 0)) == [Tile(blue, "image/png")]


@pytest.mark.parametrize("status", [204, 404, 410])
def test_where_the_server_has_no_picture_there_is_none(tmp_path: Path, server: Server, status: int) -> None:
    server.answer = lambda _: httpx.Response(status)
    assert got(tiles(server, tmp_path), (1, 0, 0), (1, 0, 1)) == [None, None]


def _too_long(_: httpx.Request) -> httpx.Response:
    raise httpx.ReadTimeout("too long")


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (lambda _: httpx.Response(403), "answers 403"),
        (lambda _: httpx.Response(302, headers={"location": "https://elsewhere.example/"}), "answers 302"),
        (lambda _: httpx.Response(200, content=b"<html>Sign in</html>"), "not a PNG"),
        (lambda _: httpx.Response(200, content=RED + bytes(TILE_MAX)), "larger than a picture"),
        (_too_long, "too long"),
    ],
)
def test_a_server_that_fails_is_named_without_its_key_and_left_alone_for_a_while(
    tmp_path: Path, server: Server, answer: Answer, reason: str
) -> None:
    server.answer = answer
    one = tiles(server, tmp_path)
    with pytest.raises(TilesFailed, match=rf"^tiles\.example\.org: .*{reason}") as failed:
        got(one, (1, 0, 0))
    assert "secret" not in str(failed.value)
    with pytest.raises(TilesFailed, match="failed a moment ago"):
        got(one, (1, 0, 1))
    assert len(server.asked) == 1
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_no_place_outside_the_grid_is_asked_for(tmp_path: Path, server: Server) -> None:
    outside = ((19, 0, 0), (2, 4, 0), (2, 0, 4), (-1, 0, 0), (1, -1, 0))
    assert got(tiles(server, tmp_path), *outside) == [None] * 5
    assert server.asked == []


def test_pictures_of_another_map_are_not_mixed_in_and_not_kept(tmp_path: Path, server: Server) -> None:
    got(tiles(server, tmp_path), (1, 0, 0))
    got(tiles(server, tmp_path, "https://other.example.org/{z}/{x}/{y}"), (1, 0, 0))
    assert len(server.asked) == 2
    assert len(list(tmp_path.iterdir())) == 1


def test_the_oldest_pictures_go_when_there_are_too_many(tmp_path: Path) -> None:
    cache = TileCache(tmp_path / "map", most=1000, left_free=0)
    for n in range(20):
        cache.put(f"9-{n}-0", bytes(100))
        os.utime(tmp_path / "map" / f"9-{n}-0", (n, n))
    kept = {path.name for path in (tmp_path / "map").iterdir()}
    assert sum(path.stat().st_size for path in (tmp_path / "map").iterdir()) <= 1000
    assert "9-19-0" in kept
    assert "9-0-0" not in kept


def test_a_disk_that_is_nearly_full_is_left_to_the_journal(tmp_path: Path) -> None:
    TileCache(tmp_path / "map", left_free=0).put("1-0-0", RED)
    cache = TileCache(tmp_path / "map", left_free=1 << 62)
    cache.put("1-0-1", RED)
    assert cache.get("1-0-0") is None
    assert cache.get("1-0-1") is None


def test_a_disk_that_fails_costs_the_keeping_and_nothing_else(tmp_path: Path, server: Server) -> None:
    (tmp_path / "tiles").write_text("a file where a folder should be")
    assert got(tiles(server, tmp_path / "tiles"), (1, 0, 0)) == [Tile(RED, "image/png")]
