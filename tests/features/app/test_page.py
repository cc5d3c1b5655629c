"""The app's files: its worker, its manifest, and that every symbol is there."""

from __future__ import annotations

import json
import re
import struct
from collections.abc import Iterator
from pathlib import Path

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from features.app.page import STATIC
from gateways.http.app import build
from tests.gateways.http.place import Place

Client = TestClient[Litestar]
OURS = sorted(path for path in STATIC.rglob("*") if path.suffix in (".js", ".html", ".css"))


@pytest.fixture
def client(tmp_path: Path) -> Iterator[Client]:
    with TestClient(build(Place.make(tmp_path / "state").web()), raise_server_exceptions=False) as started:
        yield started


def test_the_app_may_ask_where_the_phone_is_and_the_console_may_not(client: Client) -> None:
    assert "geolocation=(self)" in client.get("/app").headers["permissions-policy"]
    assert "geolocation=()" in client.get("/console/").headers["permissions-policy"]


def test_the_worker_keeps_every_file_that_the_page_needs_and_may_keep_the_page_itself(client: Client) -> None:
    text = client.get("/app/shell.js").text
    shell = json.loads(text.removeprefix("self.SHELL = ").removesuffix(";\n"))
    assert re.fullmatch("[0-9a-f]{16}", shell["version"])
    needed = {path.relative_to(STATIC).as_posix() for path in OURS} - {"sw.js", "index.html"}
    needed |= {"again.js", "icon.svg", "manifest.webmanifest", "vendor/lit.js", "vendor/inter-latin.woff2"}
    calculator = {f"calculator/{name}" for name in ("icon.svg", "it.webmanifest", "en.webmanifest")}
    assert needed | calculator == set(shell["files"])
    assert client.get("/app/sw.js").headers["service-worker-allowed"] == "/app"


def png_size(content: bytes) -> tuple[int, int]:
    """What the header of a PNG says (ISO/IEC 15948, 11.2.2)."""
    assert content.startswith(b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR")
    return struct.unpack(">II", content[16:24])


@pytest.mark.parametrize(
    ("where", "manifest"),
    [
        ("/app", "manifest.webmanifest"),
        ("/app/calculator", "calculator/it.webmanifest"),
        ("/app/calculator", "calculator/en.webmanifest"),
    ],
)
def test_the_icons_for_the_home_screen_are_png_s_of_the_size_that_is_said(
    client: Client, where: str, manifest: str
) -> None:
    icons = client.get(f"/app/{manifest}").json()["icons"]
    said = {icon["src"]: icon["sizes"] for icon in icons if icon["type"] == "image/png"}
    assert set(said.values()) == {"192x192", "512x512"}
    (touch,) = re.findall(r'rel="apple-touch-icon" href="([^"]+)"', client.get(where).text)
    for src, sizes in {**said, touch: "180x180"}.items():
        answer = client.get(src)
        assert answer.headers["content-type"] == "image/png"
        assert "{}x{}".format(*png_size(answer.content)) == sizes
        assert len(answer.content) < 20_000


def test_the_manifest_opens_the_app_and_not_a_test(client: Client) -> None:
    manifest = client.get("/app/manifest.webmanifest").json()
    assert manifest["start_url"] == manifest["scope"] == "/app"
    assert client.get(manifest["icons"][0]["src"]).status_code == 200


def test_every_symbol_that_is_used_is_drawn() -> None:
    drawn = set(re.findall(r'<symbol id="i-([\w-]+)"', (STATIC / "index.html").read_text()))
    views = (STATIC / "js" / "views.js").read_text()
    used = set(re.findall(r"\bicon\('([\w-]+)'", views))
    used |= set(re.findall(r"icon: '([\w-]+)'", (STATIC / "js" / "state.js").read_text()))
    assert used | {"done", "clock", "warn", "todo"} <= drawn
