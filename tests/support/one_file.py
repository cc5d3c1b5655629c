"""The modules of a page in one file: two hundred requests are most of what an opening costs a browser.

A web in a process of its own serves the modules as shipped; of a page before one, `put_into` is asked.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from litestar import Request, Response
from playwright.sync_api import Page, Route

from gateways.console.page import (
    CATALOGUES,
    FEATURES,
    ORDERS,
    STATIC,
    encoded_features,
    encoded_orders,
    encoded_words,
    pages_of_features,
)
from gateways.static import VENDOR, Files
from scripts.lib.served_pages import APP, lay_out

FOLDERS = {"console": STATIC, "app": APP}
FIRST = {f"/{page}/js/main.js": page for page in FOLDERS}
"""By the address of the module that imports all others, the page."""


@cache
def _whole(page: str, _features: bytes) -> bytes:
    """All that the first one imports, and that itself, by the features; a comment before each names it."""
    with TemporaryDirectory() as folder:
        lay_out(Path(folder))
        command = ["esbuild", "js/main.js", "--bundle", "--format=esm", "--preserve-symlinks"]
        where = Path(folder) / page
        return subprocess.run(command, cwd=where, check=True, capture_output=True).stdout


@contextmanager
def modules_in_one_file() -> Iterator[None]:
    """A page's script gets them so; one that is imported by its own name is as shipped, and another one."""
    as_shipped = Files.answer

    def answer(files: Files, request: Request[Any, Any, Any], name: str) -> Response[bytes]:
        response = as_shipped(files, request, name)
        first = FIRST.get(request.url.path)
        if first and response.content and request.headers.get("sec-fetch-dest") == "script":
            response.content = _whole(first, encoded_features())
        return response

    with pytest.MonkeyPatch.context() as patch:
        if shutil.which("esbuild"):
            patch.setattr(Files, "answer", answer)
        yield


def put_into(page: Page) -> None:
    """The console's modules in one file, whichever web it opens them from."""
    first = "/console/js/main.js"

    def answer(route: Route) -> None:
        route.fulfill(body=_whole(FIRST[first], encoded_features()), content_type="text/javascript")

    if shutil.which("esbuild"):
        page.route(f"**{first}", answer)


def _alone(route: Route) -> None:
    """A file of a page, from the disk."""
    page, _, name = route.request.url.removeprefix(ALONE).partition("/")
    if not page:
        route.fulfill(body="<!doctype html><title>modules</title>", content_type="text/html")
        return
    folder = VENDOR.parent if name.startswith("vendor/") else FOLDERS[page]
    made = {ORDERS: encoded_orders, CATALOGUES: encoded_words, FEATURES: encoded_features}
    if name in made:  # by a web, and no module begins without
        kind = "text/javascript" if name == FEATURES else "application/json"
        route.fulfill(body=made[name](), content_type=kind)
    elif name.startswith("features/"):
        feature, _, file = name.removeprefix("features/").partition("/")
        route.fulfill(path=pages_of_features()[feature] / file)
    else:
        route.fulfill(path=folder / name) if (folder / name).is_file() else route.fulfill(status=404)


ALONE = "http://localhost/"


def alone(page: Page) -> Page:
    """The page, in which a module can be imported by its address: no web, and no other script."""
    page.route(f"{ALONE}**", _alone)
    page.goto(ALONE)
    return page
