"""The console's files: which are served, and how. And what holds for the scripts of all pages."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from litestar.testing import TestClient

from gateways.http.app import build
from tests.gateways import served
from tests.gateways.http.place import Place

ROOT = Path(__file__).resolve().parents[2]
OURS = [
    path
    for part in ("gateways", "features")
    for path in sorted((ROOT / part).rglob("*"))
    if path.suffix in (".js", ".html", ".css") and "vendor" not in path.parts
]
KINDS = {"console.css": "text/css", "vendor/inter.LICENSE.txt": "text/plain"}


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[served.Client]:
    web = build(Place.make(tmp_path_factory.mktemp("pages") / "state").web())
    with TestClient(web, raise_server_exceptions=False) as started:
        yield started


@pytest.mark.parametrize("path", ["/", "/console/"])
def test_the_console_is_there_and_lets_in_nothing_from_elsewhere(client: served.Client, path: str) -> None:
    served.lets_in_nothing_from_elsewhere(client, path)


def test_every_file_has_its_type_and_is_not_sent_again_where_it_has_not_changed(
    client: served.Client,
) -> None:
    served.each_file_has_its_type(client, "console", KINDS)


def test_nothing_but_the_page_s_files_is_served(client: served.Client) -> None:
    served.nothing_else_is_served(client, "console")


def test_nothing_is_inline_and_nothing_comes_from_elsewhere() -> None:
    assert len(OURS) > 200
    for path in OURS:
        text = path.read_text()
        assert not re.search(r"\bstyle\s*=\s*[\"'$]", text), path
        assert not re.search(r"<script(?![^>]*\bsrc=)|\bon(click|load|error)\s*=\s*[\"']", text), path
        assert not [url for url in re.findall(r"https?://[^\s\"'`)]+", text) if "www.w3.org" not in url], path


def test_one_thing_has_one_name_on_all_pages() -> None:
    said = []
    for path in OURS:
        script = re.sub(r"^\s*(//|/?\*).*|\s// .*", "", path.read_text(), flags=re.MULTILINE)
        said += re.findall(r"'((?:[^'\\\n]|\\.)*)'(?!:)|`([^`\n]*)`", script) if path.suffix == ".js" else []
    said += [json.loads(path.read_text()).values() for path in ROOT.glob("*/*/**/words/*/*.json")]
    assert len(said) > 5000
    other = re.compile(r"\bcenters?\b(?!\.\w)|[Rr]egistro(?! accessi)|[Vv]erbale")
    assert [one for one in said if other.search("".join(one))] == []
