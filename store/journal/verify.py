"""Verification of a journal from its first event to its last."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Final

import msgspec
from sqlalchemy import select

from messages.envelope import DecodeError
from messages.event_kinds import types
from messages.journal import decode_event, event_type
from store import streams
from store.database.query import Query, Row
from store.database.schema import open_alert
from store.errors import JournalTorn, StoreMisuse
from store.journal import rows
from store.journal.journal import Journal
from store.streams import StreamKind

_OPEN: Final = Query(select(open_alert.c.alert))
_MOST: Final = 100
"""Maximum of reported problems; a damaged file may have one per event."""
_PORTION: Final = 5000
_encoder: Final = msgspec.msgpack.Encoder()


class JournalVerification(msgspec.Struct, frozen=True, kw_only=True):
    """Result of a verification."""

    events: int
    streams: int
    alerts: int
    open_alerts: int
    unknown: int
    """Number of events of types unknown to this version, written by a newer one."""
    digest: str
    """SHA-256 of all rows in their order: equal for two databases of equal content."""
    problems: tuple[str, ...]
    """Problems in words, the first hundred; empty for a sound journal."""


def verify_journal(journal: Journal) -> JournalVerification:
    """Read and check the whole journal.

    Checks: the database's own check of the file; versions from 1 without holes in every stream; every event
    decodes and has the type of its row; stream names are valid; an inbox begins with its `alert.received` and
    has no other; a case stream follows its inbox; the table of open alerts matches the events. Raises
    JournalError if the file cannot be read at all.
    """
    check = _Check()
    try:
        check.problems += [f"file: {row[0]}" for row in journal.check_file() if row[0] != "ok"]
        seq = 0
        while found := journal.rows(rows.AFTER, seq, _PORTION):
            for row in rows.without_keys(found):
                check.take(row)
            seq = int(found[-1][0])
        table = {str(row[0]) for row in journal.rows(_OPEN)}
    except JournalTorn as error:
        check.problems.append(f"file: {error}")
        return check.result()
    for alert in sorted(table ^ check.open):
        wrong = "stands among the open and is not" if alert in table else "is open and does not stand there"
        check.problems.append(f"alert {alert} {wrong}")
    return check.result()


class Digest:
    """Digest of rows in their order: SHA-256 of each row's MessagePack, one after another."""

    def __init__(self) -> None:
        self._sum = hashlib.sha256()

    def take(self, found: Iterable[Row]) -> None:
        """Add the next rows."""
        for row in found:
            self._sum.update(_encoder.encode(row))

    def text(self) -> str:
        """Return the digest in hexadecimal."""
        return self._sum.hexdigest()


class _Check:
    def __init__(self) -> None:
        self.versions: dict[str, int] = {}
        self.open: set[str] = set()
        self.problems: list[str] = []
        self.events = self.alerts = self.unknown = 0
        self._digest = Digest()

    def result(self) -> JournalVerification:
        return JournalVerification(
            events=self.events,
            streams=len(self.versions),
            alerts=self.alerts,
            open_alerts=len(self.open),
            unknown=self.unknown,
            digest=self._digest.text(),
            problems=tuple(self.problems[:_MOST]),
        )

    def take(self, row: Row) -> None:
        seq, stream, version, kind, _at_us, _node, _epoch, data = row
        where = f"event {seq} ({stream} {version}, {kind})"
        self.events += 1
        self._digest.take((row,))
        before = self.versions.get(stream, 0)
        if version != before + 1:
            self.problems.append(f"{where}: follows version {before}")
        self.versions[stream] = version
        self._decodes(where, kind, data)
        try:
            about, owner = streams.parse(stream)
        except StoreMisuse as error:
            self.problems.append(f"{where}: {error}")
            return
        self._alert(where, about, owner, version, kind)

    def _decodes(self, where: str, kind: str, data: bytes) -> None:
        try:
            event = decode_event(data)
        except DecodeError as error:
            if kind in types():
                self.problems.append(f"{where}: does not decode: {error}")
            else:
                self.unknown += 1
            return
        if event_type(event) != kind:
            self.problems.append(f"{where}: holds {event_type(event)}")

    def _alert(self, where: str, about: StreamKind, owner: str, version: int, kind: str) -> None:
        if about is StreamKind.INBOX:
            if (kind == "alert.received") is not (version == 1):
                self.problems.append(f"{where}: an inbox begins with alert.received and has no other")
            if version == 1:
                self.alerts += 1
                self.open.add(owner)
            elif kind == "alert.reopened":
                self.open.add(owner)
        elif about is StreamKind.CASE:
            if version == 1 and f"{StreamKind.INBOX}-{owner}" not in self.versions:
                self.problems.append(f"{where}: a case without its alert")
            if kind == "alert.closed":
                self.open.discard(owner)
