"""What holds for each page that the center serves: with what headers, and which files."""

from __future__ import annotations

from collections.abc import Mapping

from litestar import Litestar
from litestar.testing import TestClient
from playwright.sync_api import Page, Route, expect

Client = TestClient[Litestar]
_EVERY = {
    "js/main.js": "text/javascript",
    "vendor/lit.js": "text/javascript",
    "vendor/inter-latin.woff2": "font/woff2",
    "vendor/lit.LICENSE.txt": "text/plain",
    "icon.svg": "image/svg+xml",
}
_BESIDE = ["../page.py", "..%2fpage.py", "js/../../page.py", "js", "js/", "nothing.js", "%00", "/etc/passwd"]


def lets_in_nothing_from_elsewhere(client: Client, path: str) -> None:
    """Assert that the page is there, under a strict policy."""
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


def each_file_has_its_type(client: Client, below: str, kinds: Mapping[str, str]) -> None:
    """Assert the types of these files and of those of every page, and that none is sent again unchanged."""
    for path, kind in {**_EVERY, **kinds}.items():
        answer = client.get(f"/{below}/{path}")
        assert (answer.status_code, path) == (200, path)
        assert answer.headers["content-type"].startswith(kind), path
        again = client.get(f"/{below}/{path}", headers={"if-none-match": answer.headers["etag"]})
        assert (again.status_code, path) == (304, path)


def nothing_else_is_served(client: Client, below: str) -> None:
    """Assert that no other path leads to a file."""
    for path in _BESIDE:
        answer = client.get(f"/{below}/{path}")
        assert answer.status_code in (400, 404), path
        assert "import" not in answer.text, path


def may_ask_the_other_nodes(client: Client, path: str, other: str) -> None:
    """Assert that the page may ask another node, and nobody else."""
    page = client.get(path)
    settings = page.headers["content-security-policy"]
    assert f"connect-src 'self' {other};" in settings
    assert "default-src 'none'; script-src 'self'" in settings
    again = client.get(path, headers={"if-none-match": page.headers["etag"]})
    assert again.status_code == 304


def is_asked_for_again(page: Page, address: str, file: str, there: str) -> None:
    """Assert that the page comes to show what is to be there though one file was lost at first."""
    lost: list[str] = []

    def once(route: Route) -> None:
        if lost:
            route.continue_()
            return
        lost.append(route.request.url)
        route.abort()

    page.route(file, once)
    page.goto(address)
    expect(page.locator(there)).to_be_visible()
    assert len(lost) == 1
