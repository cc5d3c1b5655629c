"""/v1/admin/version: version of the center, and the licences of its parts."""

from __future__ import annotations

import platform
import re
from functools import cache
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from typing import Final

import msgspec

from gateways.console.page import STATIC
from gateways.http.parts.context import Web
from gateways.http.routing.permissions import SUPERVISOR
from gateways.http.routing.route import GET, route
from store.database.dialect import is_server

OURS: Final = "securwoman"
_BUNDLED: Final = re.compile(
    r"^\| `[^`]+` \| ([^:,|]+)[^|]*\| ([0-9.]+) \| ([A-Z][A-Za-z0-9.-]+)", re.MULTILINE
)
_NAME: Final = re.compile(r"[A-Za-z0-9._-]+")
_IS_LICENCE: Final = "License :: "


class LibraryRow(msgspec.Struct, frozen=True, kw_only=True):
    """Library shipped with the center, and its licence."""

    name: str
    version: str
    licence: str


class VersionView(msgspec.Struct, frozen=True, kw_only=True):
    """Version of the center and of its parts."""

    version: str
    python: str
    database: str
    node: str
    libraries: list[LibraryRow]


@route(GET, "/v1/admin/version", by=SUPERVISOR, audit="the center's own parts", says="As installed.")
def admin_version(web: Web) -> VersionView:
    """Show the version, and the licences of the shipped libraries."""
    return VersionView(
        version=web.settings.version,
        python=platform.python_version(),
        database="PostgreSQL" if is_server(web.settings.journal) else "SQLite",
        node=web.settings.node,
        libraries=list(libraries()),
    )


@cache
def libraries() -> tuple[LibraryRow, ...]:
    """Return the libraries installed for the center or shipped in its pages, sorted by name."""
    found: dict[str, LibraryRow] = {}
    waiting = [OURS]
    seen = set(waiting)
    while waiting:
        name = waiting.pop()
        try:
            one = distribution(name)
        except PackageNotFoundError:
            continue  # for another system or Python version
        if name != OURS:
            found[name] = LibraryRow(name=one.name, version=one.version, licence=licence_of(one))
        needed = {_key(line) for line in one.requires or () if "extra ==" not in line}
        waiting += needed - seen
        seen |= needed
    carried = [LibraryRow(name=a.strip(), version=b, licence=c) for a, b, c in bundled()]
    return tuple(sorted((*found.values(), *carried), key=lambda row: row.name.casefold()))


def bundled() -> list[tuple[str, str, str]]:
    """Return name, version and licence of the libraries beside the pages' scripts."""
    text = (STATIC / "vendor" / "README.md").read_text()
    return list(dict.fromkeys(_BUNDLED.findall(text)))


def licence_of(one: Distribution) -> str:
    """Return the library's licence (core metadata 2.4, or older), else the title of its text, or ""."""
    told = one.metadata
    named = [str(told[name]) for name in ("License-Expression", "License") if name in told]
    classes = [line.rpartition(" :: ")[2] for line in told.get_all("Classifier") or () if _IS_LICENCE in line]
    texts = [one.read_text(f"licenses/{file}") or "" for file in told.get_all("License-File") or ()]
    titles = (text.strip().partition("\n")[0].strip() for text in (*named, *classes, *texts))
    return next((title for title in titles if title), "")


def _key(requirement: str) -> str:
    match = _NAME.match(requirement)
    return "" if match is None else match.group().lower().replace("_", "-")
