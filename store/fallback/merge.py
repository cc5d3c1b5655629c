"""Merge of the fallback's rows into the journal, late and durably.

Usually the journal is unchanged, and every row keeps its position of the fallback. But the journal may differ
by then: written to meanwhile, replaced by an older copy, or empty. Rules for each row of the fallback:

1. if the journal has the row in its stream, with the same time and data, nothing is written;
2. otherwise the row is appended to its stream, mostly at the very version that it has;
3. an alert with an id that belongs to another alert of the journal gets a new id.

No row of the journal is ever changed. A repeated merge writes nothing twice: a merged row has its own
position or a later one, and the rows of one transaction have one time.
"""

from __future__ import annotations

from typing import Final

import msgspec
from sqlalchemy import bindparam, insert, select, text

from messages.ids import AlertId
from store import streams
from store.audit.entry import ChainHead
from store.database.dialect import Connection
from store.database.query import Query, Row
from store.database.schema import alert_key, alias, audit, event, keyring, outbox, session
from store.fallback.replica import ReplicaPosition, read_position, registry_rows
from store.journal import erasable, rows
from store.streams import StreamKind

_c = event.c
_AFTER: Final = Query(select(event).where(_c.seq > bindparam("after")).order_by(_c.seq), "after")
_THERE: Final = Query(
    select(_c.seq)
    .where(
        _c.seq >= bindparam("seq"),
        # Not by the index of streams, which may be long: few rows follow this position.
        text("+stream = :stream AND +type = :type"),
        _c.at_us == bindparam("at"),
        _c.data == bindparam("data"),
    )
    .limit(1),
    "stream",
    "seq",
    "at",
    "type",
    "data",
)
_SESSIONS: Final = Query(select(session))
_REPLACE: Final = Query(insert(session).prefix_with("OR REPLACE"), *session.columns.keys())
_SECRETS: Final = Query(select(keyring))
_KEEP_SECRET: Final = Query(insert(keyring).prefix_with("OR IGNORE"), *keyring.columns.keys())
_TEXTS: Final = Query(select(outbox))
_KEEP_TEXT: Final = Query(insert(outbox).prefix_with("OR IGNORE"), *outbox.columns.keys())
_ALIASES: Final = Query(select(alias))
_KEEP_ALIAS: Final = Query(insert(alias).prefix_with("OR IGNORE"), *alias.columns.keys())
_KEYS: Final = Query(select(alert_key))
_KEEP_KEYS: Final = Query(insert(alert_key).prefix_with("OR IGNORE"), *alert_key.columns.keys())
# A separate chain, ordered by its own numbers.
_ENTRIES: Final = Query(select(audit).order_by(audit.c.chain, audit.c.number))
_ENTERED: Final = Query(
    select(audit.c.number).where(audit.c.chain == bindparam("chain"), audit.c.number == bindparam("number")),
    "chain",
    "number",
)
_ENTER: Final = Query(insert(audit), *audit.columns.keys())
_NOBODYS: Final = tuple(
    f"{kind}-"
    for kind in (
        StreamKind.USER,
        StreamKind.NUMBER,
        StreamKind.DEVICE,
        StreamKind.SIGNAL,
        StreamKind.TEXT,
        StreamKind.REFERENCE,
        StreamKind.PAGE,
        StreamKind.SHELF,
        StreamKind.PROOF,
        StreamKind.DUTY,
    )
)
"""Prefixes of the streams whose versions no process remembers."""


class MergeReport(msgspec.Struct, frozen=True, kw_only=True):
    """Report of a merge."""

    events: int
    """Number of events written late."""
    renumbered: bool
    """True if a row has another position than in the fallback, or the journal has more rows than that."""
    heads: dict[str, ChainHead]
    """Ends of the audit chains that came from the fallback."""


def merge_into_journal(fallback: Connection, journal: Connection) -> MergeReport:
    """Write the rows that the journal lacks, within a transaction of the journal that the caller commits."""
    place = read_position(fallback) or ReplicaPosition()
    same = place.is_in(journal)
    begun = last_seq = rows.scalar_of(journal, rows.LAST_SEQ)
    renamed: dict[str, str] = {}
    versions: dict[str, int] = {}
    there = events = 0
    renumbered = not same
    aliases = fallback.all(_ALIASES)
    for named, kind, value in aliases:
        # The fallback knows few numbers: a number unknown to it may have a stream of another name in the
        # journal.
        known = erasable.stream_of(journal.one, StreamKind(kind), value)
        if known is not None and known != named:
            renamed[named] = known
    for row in fallback.all(_AFTER, place.seq if same else 0):
        seq, named, version, kind, at_us, node, epoch, data = row
        if kind == "alert.received" and version == 1:
            other = _renamed(journal, row)
            renumbered |= bool(other)
            renamed |= other
        stream = renamed.get(str(named), str(named))
        if seq <= begun and (
            journal.one(rows.AT_SEQ, seq) == row or journal.one(_THERE, stream, seq, at_us, kind, data)
        ):
            there += 1
            continue
        at = versions[stream] = 1 + (versions.get(stream) or rows.scalar_of(journal, rows.VERSION, stream))
        last_seq = max(seq, last_seq + 1)
        journal.write_many(rows.INSERT, [(last_seq, stream, at, kind, at_us, node, epoch, data)])
        events += 1
        renumbered |= last_seq != seq or (at != version and not stream.startswith(_NOBODYS))
    if not same:
        for statement, people in registry_rows(fallback):
            journal.write_many(statement, people)
    # Sign-ons and sign-offs continue meanwhile, and a secret may be created.
    journal.write_many(_REPLACE, fallback.all(_SESSIONS))
    journal.write_many(_KEEP_SECRET, fallback.all(_SECRETS))
    journal.write_many(_KEEP_TEXT, fallback.all(_TEXTS))
    journal.write_many(_KEEP_ALIAS, (row for row in aliases if row[0] not in renamed))
    for alert, *keys in fallback.all(_KEYS):
        name = streams.alert_of(renamed.get(streams.inbox(alert), streams.inbox(alert)))
        journal.write(_KEEP_KEYS, name, *keys)
        if (person := keys[-1]) is not None:
            journal.write(erasable.SET_PERSON, person, name)
    entries = fallback.all(_ENTRIES)
    journal.write_many(_ENTER, [row for row in entries if journal.one(_ENTERED, row[0], row[1]) is None])
    # Rows of the journal behind the last common position that did not come from the fallback.
    others = begun - place.seq - there
    heads = {str(row[0]): ChainHead(int(row[1]), bytes(row[-1])) for row in entries}
    return MergeReport(events=events, renumbered=renumbered or others > 0, heads=heads)


def _renamed(journal: Connection, received: Row) -> dict[str, str]:
    """Return the new names of a new alert's streams if its id belongs to another alert of the journal.

    An app may repeat the id of an alert that was closed long ago, which the fallback no longer knows.
    """
    alert = AlertId(streams.parse(received[1])[1])
    name, number = alert, 1
    while (first := journal.one(rows.FIRST, streams.inbox(name))) is not None and first[3:] != received[3:]:
        number += 1
        name = AlertId(f"{alert[:56]}.{number}")
    return {} if name == alert else {one(alert): one(name) for one in (streams.inbox, streams.case)}
