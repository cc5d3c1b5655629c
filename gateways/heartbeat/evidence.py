"""Whether this node would serve an alert now: looked at anew for each heartbeat, and never remembered.

Who stands still says nothing: a heartbeat is made of what the web has answered a moment ago, after the
journal has given its write lock and taken it back.
"""

from __future__ import annotations

import http.client
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import msgspec

from messages.base import MALFORMED
from messages.ids import SECOND, Instant
from model.watching.beat import Wrong
from runtime.local_http import WEB_SOCKET, LocalConnection
from runtime.published.directory import Directory
from runtime.system.spec import Plan
from store.errors import JournalError
from store.journal.journal import Journal, Transaction

ANSWERS_WITHIN_S: Final = 5.0
BEATS_WITHIN_US: Final = 15 * SECOND
"""The Supervisor gives a sign of life each second; on a machine that is too busy, seldom."""


class Readiness(msgspec.Struct, frozen=True, kw_only=True):
    """As `/readyz` says it, the part that is told on. See `gateways.http.routes.center.health`."""

    ready: bool
    lines: int = 0


class Looked(msgspec.Struct, frozen=True, kw_only=True):
    """What the web has said. `None`: it has not answered."""

    readiness: Readiness | None


def look(run: Path) -> Looked:
    """Asks the web. Blocks for five seconds at most."""
    connection = LocalConnection(run / WEB_SOCKET, ANSWERS_WITHIN_S)
    try:
        connection.request("GET", "/readyz", headers={"accept": "application/json"})
        said = connection.getresponse().read()
        return Looked(readiness=msgspec.json.decode(said, type=Readiness))
    except (OSError, http.client.HTTPException, *MALFORMED):
        return Looked(readiness=None)
    finally:
        connection.close()


def wrong_now(
    looked: Looked, journal: Journal, directory: Directory, plan: Plan, now_us: Instant
) -> Iterator[Wrong]:
    """What is wrong; nothing: it is well. Waits for the journal, as whoever serves an alert has to."""
    if looked.readiness is None:
        yield Wrong.WEB
    elif not looked.readiness.ready:
        yield Wrong.NOT_READY
    if not _writes(journal):
        yield Wrong.JOURNAL
    if not _are_there(directory, plan, now_us):
        yield Wrong.ACTORS


def _writes(journal: Journal) -> bool:
    try:
        journal.transact(_nothing)
        journal.last_seq()
    except JournalError:
        return False
    return journal.durable


def _nothing(tx: Transaction) -> None:
    """The write lock is taken and given back: an event in ten seconds would be three million a year."""


def _are_there(directory: Directory, plan: Plan, now_us: Instant) -> bool:
    if now_us - directory.beaten_us() > BEATS_WITHIN_US:
        return False
    found = (directory.find(spec.role, spec.key) for spec in plan.actors if spec.critical)
    return all(entry is not None and entry.ready for entry in found)
