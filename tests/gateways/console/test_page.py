"""The page's files."""

from __future__ import annotations

import re

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from gateways.console.page import STATIC

Client = TestClient[Litestar]
OURS = sorted(
    path
    for path in STATIC.rglob("*")
    if path.suffix in (".js", ".html", ".css") and "vendor" not in path.parts
)


def test_the_address_leads_to_the_page(client: Client) -> None:
    answer = client.get("/", follow_redirects=True)
    assert answer.status_code == 200
    assert "<title>securWoman</title>" in answer.text


def test_the_page_lets_in_nothing_from_elsewhere(client: Client) -> None:
    headers = client.get("/console/").headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("console.css", "text/css"),
        ("js/main.js", "text/javascript"),
        ("vendor/lit.js", "text/javascript"),
        ("vendor/inter-latin.woff2", "font/woff2"),
        ("vendor/inter.LICENSE.txt", "text/plain"),
        ("vendor/lit.LICENSE.txt", "text/plain"),
        ("icon.svg", "image/svg+xml"),
    ],
)
def test_every_file_has_its_type(client: Client, path: str, kind: str) -> None:
    answer = client.get(f"/console/{path}")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith(kind)


def test_a_file_that_has_not_changed_is_not_sent_again(client: Client) -> None:
    etag = client.get("/console/js/main.js").headers["etag"]
    assert client.get("/console/js/main.js", headers={"if-none-match": etag}).status_code == 304


@pytest.mark.parametrize(
    "path",
    ["../page.py", "..%2fpage.py", "js/../../page.py", "js", "js/", "nothing.js", "%00", "/etc/passwd"],
)
def test_nothing_but_the_page_s_files_is_served(client: Client, path: str) -> None:
    answer = client.get(f"/console/{path}")
    assert answer.status_code in (400, 404)
    assert "import" not in answer.text


@pytest.mark.parametrize("path", OURS, ids=lambda path: path.name)
def test_nothing_is_inline_and_nothing_comes_from_elsewhere(path: object) -> None:
    text = str(path.read_text())  # type: ignore[attr-defined]
    assert not re.search(r"\bstyle\s*=\s*[\"'$]", text)
    assert not re.search(r"<script(?![^>]*\bsrc=)|\bon(click|load|error)\s*=\s*[\"']", text)
    assert not [url for url in re.findall(r"https?://[^\s\"'`)]+", text) if "www.w3.org" not in url]


def test_every_reason_why_not_has_italian_words() -> None:
    model = STATIC.parents[2] / "model" / "rules"
    allowed = "".join(
        (model / name).read_text() for name in ("allowed.py", "attempts.py", "calling.py", "sound.py")
    )
    reasons = set(re.findall(r"(?<!\")\"((?:[A-Z]|112)[^\"]*\.)\"(?!\")", allowed))
    translated = (STATIC / "js" / "words" / "words.js").read_text()
    quoted = set(re.findall(r"^  (?:'([^']+)'|\"([^\"]+)\"):", translated, re.MULTILINE))
    missing = sorted(reasons - {one for pair in quoted for one in pair})
    assert missing == []


def test_every_key_that_is_listened_to_is_in_the_list_of_keys() -> None:
    scripts = {path.name: path.read_text() for path in OURS if path.suffix == ".js"}
    listened: set[str] = set()
    for text in scripts.values():
        listened |= set(re.findall(r"\bkey(?: ===|:) '([A-Z/?+0])'", text))
    for name, table in (("commands.js", "KEYS"), ("figures.js", "RANGES")):
        (inside,) = re.findall(rf"const {table} = \{{(.*?)\}}", scripts[name], re.DOTALL)
        listened |= set(re.findall(r"(\w): ", inside))
    (rows,) = re.findall(r"const rows = \[(.*?)\];\n", scripts["help.js"], re.DOTALL)
    listed = set("".join(re.findall(r"\[\s*'([^']+)',\s", rows)))
    assert {"E", "D", "P", "?", "/", "T", "0"} <= listened
    assert listened - listed == set()
    assert set("↑↓⏎−1…4") <= listed


def test_every_symbol_that_is_used_is_drawn() -> None:
    drawn = set(re.findall(r'<symbol id="i-([\w-]+)"', (STATIC / "index.html").read_text()))
    used: set[str] = set()
    for path in OURS:
        if path.suffix == ".js":
            used |= set(re.findall(r"\b(?:icon|word)\('([\w-]+)'", path.read_text()))
            used |= set(re.findall(r"icon: '([\w-]+)'", path.read_text()))
            used |= set(re.findall(r"\bmade\('\w+', '([\w-]+)'", path.read_text()))
            used |= set(re.findall(r"\bs\('([\w-]+)', '", path.read_text()))
    assert used <= drawn
