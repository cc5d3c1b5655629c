"""What holds for both pages: which files are served and how; and that every word of the app is there.

A word is there once, in Italian and in English, and used; none is used that is not there.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from gateways.http.app import build
from tests.gateways.http.place import Place

Client = TestClient[Litestar]
ROOT = Path(__file__).resolve().parents[2]
PAGES = {"console": ROOT / "gateways/console/static", "app": ROOT / "features/app/static"}
OURS = [
    path
    for folder in PAGES.values()
    for path in sorted(folder.rglob("*"))
    if path.suffix in (".js", ".html", ".css") and "vendor" not in path.parts
]
KINDS = {
    "console": {"console.css": "text/css", "vendor/inter.LICENSE.txt": "text/plain"},
    "app": {
        "app.css": "text/css", "sw.js": "text/javascript", "shell.js": "text/javascript",
        "manifest.webmanifest": "application/manifest+json",
    },
}  # fmt: skip
BOTH = {
    "js/main.js": "text/javascript",
    "vendor/lit.js": "text/javascript",
    "vendor/inter-latin.woff2": "font/woff2",
    "vendor/lit.LICENSE.txt": "text/plain",
    "icon.svg": "image/svg+xml",
}
BESIDE = ["../page.py", "..%2fpage.py", "js/../../page.py", "js", "js/", "nothing.js", "%00", "/etc/passwd"]


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    web = build(Place.make(tmp_path_factory.mktemp("pages") / "state").web())
    with TestClient(web, raise_server_exceptions=False) as started:
        yield started


@pytest.mark.parametrize("path", ["/", "/console/", "/app", "/app/", "/app?test=1"])
def test_a_page_is_there_and_lets_in_nothing_from_elsewhere(client: Client, path: str) -> None:
    answer = client.get(path, follow_redirects=True)
    assert answer.status_code == 200
    assert "<title>securWoman</title>" in answer.text
    settings = answer.headers["content-security-policy"]
    for rule in (
        "default-src 'none';",
        "script-src 'self';",
        "connect-src 'self';",
        "frame-ancestors 'none'",
    ):
        assert rule in settings
    assert "unsafe" not in settings
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"


@pytest.mark.parametrize("folder", PAGES)
def test_every_file_has_its_type_and_is_not_sent_again_where_it_has_not_changed(
    client: Client, folder: str
) -> None:
    for path, kind in {**BOTH, **KINDS[folder]}.items():
        answer = client.get(f"/{folder}/{path}")
        assert (answer.status_code, path) == (200, path)
        assert answer.headers["content-type"].startswith(kind), path
        again = client.get(f"/{folder}/{path}", headers={"if-none-match": answer.headers["etag"]})
        assert (again.status_code, path) == (304, path)


@pytest.mark.parametrize("folder", PAGES)
def test_nothing_but_the_page_s_files_is_served(client: Client, folder: str) -> None:
    for path in BESIDE:
        answer = client.get(f"/{folder}/{path}")
        assert answer.status_code in (400, 404), path
        assert "import" not in answer.text, path


def test_nothing_is_inline_and_nothing_comes_from_elsewhere() -> None:
    assert len(OURS) > len(PAGES)
    for path in OURS:
        text = path.read_text()
        assert not re.search(r"\bstyle\s*=\s*[\"'$]", text), path
        assert not re.search(r"<script(?![^>]*\bsrc=)|\bon(click|load|error)\s*=\s*[\"']", text), path
        assert not [url for url in re.findall(r"https?://[^\s\"'`)]+", text) if "www.w3.org" not in url], path


def test_one_thing_has_one_name_on_both_pages() -> None:
    said = []
    for path in OURS:
        script = re.sub(r"^\s*(//|/?\*).*|\s// .*", "", path.read_text(), flags=re.MULTILINE)
        said += re.findall(r"'((?:[^'\\\n]|\\.)*)'(?!:)|`([^`\n]*)`", script) if path.suffix == ".js" else []
    said += [json.loads(path.read_text()).values() for path in ROOT.glob("gateways/console/words/*/*.json")]
    assert len(said) > 5000
    other = re.compile(r"\bcenters?\b(?!\.\w)|[Rr]egistro(?! accessi)|[Vv]erbale")
    assert [one for one in said if other.search("".join(one))] == []


class Words:
    """The app's table, and the rest of its script, which uses it. The console's: `test_catalogues`."""

    def __init__(self) -> None:
        folder = PAGES["app"] / "js"
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
