"""Merge the spare's rows into the journal, late and durably.

Mostly the journal is just as it was left, and everything gets the very place that it has had in the
spare. But it may hold something else by then: what somebody has written into it meanwhile, an older copy, or
nothing. The rules, for each row of the spare:

1. the journal has it in its stream, of the same moment and with the same data: it is there;
2. otherwise it comes at the stream's end, which mostly is the very version that it has;
3. an alert whose id the journal knows as another's gets a new one.

Nothing of the journal is ever changed. Doing it twice writes nothing twice: what was written here has its own
place or a later one, and what was written in one transaction has one moment.
"""

from __future__ import annotations

from typing import Final

import msgspec
from sqlalchemy import bindparam, insert, select, text

from messages.ids import AlertId
from store import streams
from store.audit.entry import Head
from store.database.dialect import Connection
from store.database.query import Query, Row
from store.database.schema import alert_key, alias, audit, event, keyring, outbox, session
from store.journal import erasable, rows
from store.spare.warm import Place, known_place, registry_rows
from store.streams import StreamKind

_c = event.c
_AFTER: Final = Query(select(event).where(_c.seq > bindparam("after")).order_by(_c.seq), "after")
_THERE: Final = Query(
    select(_c.seq)
    .where(
        _c.seq >= bindparam("seq"),
        # Not by their index, where the stream is long: behind this place there is little.
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
# A chain of its own, which its own number orders.
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
"""Streams whose versions nobody keeps in mind."""


class Written(msgspec.Struct, frozen=True, kw_only=True):
    """What was done."""

    events: int
    """So many were written late."""
    renumbered: bool
    """Something has another place than it had in the spare, or the journal has more than the spare had."""
    heads: dict[str, Head]
    """Of the audit's chains that have come from the spare, where each ends."""


def write_late(spare: Connection, journal: Connection) -> Written:
    """Write down what the journal lacks, within a transaction of the journal that the caller commits."""
    place = known_place(spare) or Place()
    same = place.is_in(journal)
    begun = last_seq = rows.highest(journal, rows.LAST_SEQ)
    renamed: dict[str, str] = {}
    versions: dict[str, int] = {}
    there = events = 0
    renumbered = not same
    aliases = spare.all(_ALIASES)
    for named, kind, value in aliases:
        # The spare knows of few numbers: one of the others has got a stream of another name here.
        known = erasable.stream_of(journal.one, StreamKind(kind), value)
        if known is not None and known != named:
            renamed[named] = known
    for row in spare.all(_AFTER, place.seq if same else 0):
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
        at = versions[stream] = 1 + (versions.get(stream) or rows.highest(journal, rows.VERSION, stream))
        last_seq = max(seq, last_seq + 1)
        journal.write_many(rows.INSERT, [(last_seq, stream, at, kind, at_us, node, epoch, data)])
        events += 1
        renumbered |= last_seq != seq or (at != version and not stream.startswith(_NOBODYS))
    if not same:
        for statement, people in registry_rows(spare):
            journal.write_many(statement, people)
    # Signing on and off goes on meanwhile, and a secret may be wanted for the first time.
    journal.write_many(_REPLACE, spare.all(_SESSIONS))
    journal.write_many(_KEEP_SECRET, spare.all(_SECRETS))
    journal.write_many(_KEEP_TEXT, spare.all(_TEXTS))
    journal.write_many(_KEEP_ALIAS, (row for row in aliases if row[0] not in renamed))
    for alert, *keys in spare.all(_KEYS):
        name = streams.alert_of(renamed.get(streams.inbox(alert), streams.inbox(alert)))
        journal.write(_KEEP_KEYS, name, *keys)
        if (person := keys[-1]) is not None:
            journal.write(erasable.SET_PERSON, person, name)
    entries = spare.all(_ENTRIES)
    journal.write_many(_ENTER, [row for row in entries if journal.one(_ENTERED, row[0], row[1]) is None])
    # What the journal has after the place where it was left, and is not from here.
    others = begun - place.seq - there
    heads = {str(row[0]): Head(int(row[1]), bytes(row[-1])) for row in entries}
    return Written(events=events, renumbered=renumbered or others > 0, heads=heads)


def _renamed(journal: Connection, received: Row) -> dict[str, str]:
    """The streams of a new alert whose id is another alert's in the journal, and what they are called there.

    An app may say an id again whose alert was closed long ago; the spare no longer knows it.
    """
    alert = AlertId(streams.parse(received[1])[1])
    name, number = alert, 1
    while (first := journal.one(rows.FIRST, streams.inbox(name))) is not None and first[3:] != received[3:]:
        number += 1
        name = AlertId(f"{alert[:56]}.{number}")
    return {} if name == alert else {one(alert): one(name) for one in (streams.inbox, streams.case)}
