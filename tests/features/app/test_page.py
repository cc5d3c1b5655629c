"""The app's files: its worker, its manifest, and that every symbol and every word of it is there.

A word is there once, in Italian and in English, and used; none is used that is not there.
"""

from __future__ import annotations

import json
import re
import struct
from collections.abc import Iterator
from pathlib import Path

import pytest
from litestar.testing import TestClient
from playwright.sync_api import Page

from center import features
from features.app.page import STATIC
from gateways.http.app import build
from tests.gateways import served
from tests.gateways.http.place import GIULIA, Place, WebThread
from tests.gateways.twins import Twins

KINDS = {
    "app.css": "text/css", "sw.js": "text/javascript", "shell.js": "text/javascript",
    "manifest.webmanifest": "application/manifest+json",
}  # fmt: skip
OURS = sorted(path for path in STATIC.rglob("*") if path.suffix in (".js", ".html", ".css"))


@pytest.fixture
def client(tmp_path: Path) -> Iterator[served.Client]:
    with TestClient(build(Place.make(tmp_path / "state").web()), raise_server_exceptions=False) as started:
        yield started


@pytest.mark.parametrize("path", ["/app", "/app/", "/app?test=1"])
def test_the_app_is_there_and_lets_in_nothing_from_elsewhere(client: served.Client, path: str) -> None:
    served.lets_in_nothing_from_elsewhere(client, path)


def test_every_file_has_its_type_and_is_not_sent_again_where_it_has_not_changed(
    client: served.Client,
) -> None:
    served.each_file_has_its_type(client, "app", KINDS)


def test_nothing_but_the_page_s_files_is_served(client: served.Client) -> None:
    served.nothing_else_is_served(client, "app")


def test_the_app_may_ask_the_other_nodes_and_is_kept_anew_with_another_list_of_them(pair: Twins) -> None:
    with TestClient(build(pair.second.web()), raise_server_exceptions=False) as second:
        served.may_ask_the_other_nodes(second, "/app", pair.web(pair.first))
        assert b'self.SHELL.version += "-' in second.get("/app/shell.js").content


def test_a_center_without_it_serves_no_page_and_still_takes_what_apps_ask(place: Place) -> None:
    features.install(["app"])
    try:
        with TestClient(build(place.web()), raise_server_exceptions=False) as client:
            assert {client.get(path).status_code for path in ("/app", "/app/", "/app/sw.js")} == {404}
            told = client.post("/v1/alerts", json={"phone": GIULIA}, headers=place.app())
            assert told.status_code == 202
    finally:
        features.install()


def test_the_app_may_ask_where_the_phone_is_and_the_console_may_not(client: served.Client) -> None:
    assert "geolocation=(self)" in client.get("/app").headers["permissions-policy"]
    assert "geolocation=()" in client.get("/console/").headers["permissions-policy"]


def test_the_worker_keeps_every_file_that_the_page_needs_and_may_keep_the_page_itself(
    client: served.Client,
) -> None:
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
    client: served.Client, where: str, manifest: str
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


@pytest.mark.browser
@pytest.mark.process
@pytest.mark.timeout(60)
@pytest.mark.usefixtures("modules_as_shipped")
@pytest.mark.browser_may_say(r"net::ERR_FAILED")
def test_the_app_of_which_something_has_not_arrived_asks_for_it_again(page: Page, site: WebThread) -> None:
    served.is_asked_for_again(page, f"{site.url}/app", "**/js/words.js", "input[name=phone]")


def test_the_manifest_opens_the_app_and_not_a_test(client: served.Client) -> None:
    manifest = client.get("/app/manifest.webmanifest").json()
    assert manifest["start_url"] == manifest["scope"] == "/app"
    assert client.get(manifest["icons"][0]["src"]).status_code == 200


def test_every_symbol_that_is_used_is_drawn() -> None:
    drawn = set(re.findall(r'<symbol id="i-([\w-]+)"', (STATIC / "index.html").read_text()))
    views = (STATIC / "js" / "views.js").read_text()
    used = set(re.findall(r"\bicon\('([\w-]+)'", views))
    used |= set(re.findall(r"icon: '([\w-]+)'", (STATIC / "js" / "state.js").read_text()))
    assert used | {"done", "clock", "warn", "todo"} <= drawn


class Words:
    """The app's table, and the rest of its script, which uses it."""

    def __init__(self) -> None:
        folder = STATIC / "js"
        text = (folder / "words.js").read_text()
        (table,) = re.findall(r"^(?:export )?const WORDS = \{\n(.*?)^\};", text, re.DOTALL | re.MULTILINE)
        words = re.sub(r"^  //.*\n", "", table, flags=re.MULTILINE)
        _, *parts = re.split(r"^  (\w+): ", words, flags=re.MULTILINE)
        self.entries = list(zip(parts[::2], parts[1::2], strict=True))
        self.keys = [key for key, _ in self.entries]
        self.script = "".join(path.read_text() for path in folder.rglob("*.js")).replace(table, "")


@pytest.fixture
def words() -> Words:
    return Words()


def test_no_word_is_defined_twice(words: Words) -> None:
    assert sorted(words.keys) == sorted(set(words.keys))


def test_every_word_is_there_in_both_languages(words: Words) -> None:
    text = r"'(?:[^'\\]|\\.)+'(?:\s*\+\s*'(?:[^'\\]|\\.)+')*"
    pair = re.compile(rf"\[\s*{text},\s*{text},?\s*\],\s*")
    assert [key for key, entry in words.entries if not pair.fullmatch(entry)] == []


def test_every_word_that_is_used_is_there_and_none_is_unused(words: Words) -> None:
    named = r"\b(?:t|ghost|say)\('(\w+)'|\['(?:done|now|bad|)', '(\w+)'\]|\b(?:title|text): '(\w+)'"
    used = {key for found in re.findall(named, words.script) for key in found if key}
    assert used - set(words.keys) == set()
    # A field's hint is named by the field.
    unused = [key for key in words.keys if f"'{key}'" not in words.script and not key.endswith("Hint")]
    assert unused == []
