"""Short messages that the center sends: the journal has what became of each (`text-TEXT`), and a row, until
then, has its words, which may be a secret.

A row is a hint as well: that a text is sent once is seen to by its stream, whose second event is the line
that sends it or its end. So a row that comes to light again, with the return from the spare journal, does no
harm.
"""

from __future__ import annotations

import secrets
from typing import Any, Final

import msgspec
from sqlalchemy import bindparam, delete, insert, select, update

from messages.events import (
    DialogueCarried,
    TextAsked,
    TextFailed,
    TextReferenced,
    TextReported,
    TextSending,
    TextSent,
)
from messages.ids import (
    E164,
    SECOND,
    AlertId,
    Carried,
    Instant,
    LineId,
    NodeId,
    TextFailure,
    TextId,
    TextPurpose,
)
from messages.journal import AnyEvent
from model.rules.said.delivery import is_final, meaning
from store import streams
from store.alerts.known import known_alert
from store.database.query import Query, Row
from store.database.schema import outbox
from store.journal.journal import Append, Journal, Transaction

SENT_WITHIN_US: Final = Instant(10 * SECOND)
"""A line that cannot send a text within this time gives it up: an alert may wait for the line."""
SILENT_US: Final = Instant(2 * SENT_WITHIN_US)
"""A line that has not said in this time what became of a text says no more of it."""
REPORTED_US: Final = Instant(24 * 3600 * SECOND)
"""Later a report is about none of ours: a network numbers its messages anew after 256."""

_o = outbox.c
_ADD: Final = Query(insert(outbox), *outbox.columns.keys())
_ALL: Final = Query(select(outbox).order_by(_o.asked_us, _o.id))
_ONE: Final = Query(select(outbox).where(_o.id == bindparam("text")), "text")
_BEGIN: Final = Query(
    update(outbox).where(_o.id == bindparam("text")).values(line=bindparam("by"), begun_us=bindparam("at")),
    "by",
    "at",
    "text",
)
_DELETE: Final = Query(delete(outbox).where(_o.id == bindparam("text")), "text")


class Text(msgspec.Struct, frozen=True, kw_only=True):
    """One short message that is to be sent, or is being sent."""

    id: TextId
    node: NodeId
    """Whose it is: it sees to it that it is sent."""
    to: E164
    words: str
    purpose: TextPurpose
    asked_at: Instant
    until: Instant
    line: LineId | None
    """Which sends it; before that, which alone is to."""
    begun_at: Instant | None


def ask_text(
    tx: Transaction,
    to: E164,
    words: str,
    purpose: TextPurpose,
    until: Instant,
    *,
    alert: AlertId | None = None,
    message: int = 0,
    line: LineId | None = None,
    text: TextId | None = None,
) -> TextId:
    """Have these words sent to this number, once, before `until`; what becomes of it is in its stream.

    `alert`: which it is of; with the number of the `message` in its dialogue it is told there, too. `line`:
    the only one that may send it. `text`: its name, of `new_text`, where the words have it.
    """
    text = new_text(tx, message) if text is None else text
    asked = TextAsked(purpose=purpose, expires_at=until, alert=alert, message=message, line=line)
    tx.append(Append(streams.text(text), 0, (asked,)))
    # Also while nothing lasts: an alarm is worth sending then, too.
    tx.write_meanwhile(_ADD, text, tx.node, to, words, purpose, tx.at_us, until, line, None)
    return text


def new_text(tx: Transaction, message: int = 0) -> TextId:
    """A name for a text: of those that are asked for at one moment the first message goes first."""
    return TextId(f"{message:04d}" + tx.chance(lambda: secrets.token_hex(6)))


def outbox_of(journal: Journal) -> list[Text]:
    """All that are to be sent or are being sent, by any node, oldest first. Raises JournalError."""
    return [_text(row) for row in journal.rows(_ALL)]


def begin(tx: Transaction, text: TextId, line: LineId) -> Text | None:
    """The text, which from now on is this line's to send; None where it is another's, over or too late."""
    row = tx.one(_ONE, text)
    if row is None or (found := _text(row)).begun_at is not None or found.until <= tx.at_us:
        return None
    if found.line not in (None, line):
        return None
    if tx.version(streams.text(text)) != 1:
        tx.write_meanwhile(_DELETE, text)
        return None
    tx.append(Append(streams.text(text), 1, (TextSending(line=line),)))
    tx.write_meanwhile(_BEGIN, line, tx.at_us, text)
    return found


def end(tx: Transaction, text: TextId, became: TextSent | TextFailed) -> None:
    """Nothing more is done about it, and its words are forgotten. The first end of a text counts."""
    stream = streams.text(text)
    story = [one.event for one in tx.read(stream)]
    if not any(isinstance(one, TextSent | TextFailed) for one in story):
        tx.append(Append(stream, None, (became,)))
        match became:
            case TextSent(line=line, references=references, awaits=awaits):
                for part, number in enumerate(references):
                    named = TextReferenced(text=text, part=part)
                    tx.append(Append(streams.reference(line, number), None, (named,)))
                _tell(tx, story, Carried.SENT, awaits=awaits)
            case TextFailed(cause=cause):
                _tell(tx, story, Carried.FAILED, failure=cause)
    tx.write_meanwhile(_DELETE, text)


def report(tx: Transaction, line: LineId, reference: int, recipient: str, status: int) -> None:
    """What a network says of a part of a text that this line has sent.

    What is about none, of another recipient or said before changes nothing.
    """
    named = tx.last(streams.reference(line, reference))
    if named is None or not isinstance(named.event, TextReferenced) or tx.at_us - named.at_us > REPORTED_US:
        return
    part, stream = named.event.part, streams.text(named.event.text)
    story = [one.event for one in tx.read(stream)]
    asked = next((one for one in story if isinstance(one, TextAsked)), None)
    of = asked.alert if asked is not None and asked.message else None
    known = None if of is None else known_alert(tx, of)
    if known is not None and known.number is not None and known.number[-6:] != recipient[-6:]:
        return
    if any(isinstance(one, TextReported) and one.part == part and is_final(one.status) for one in story):
        return
    reported = TextReported(part=part, status=status)
    tx.append(Append(stream, None, (reported,)))
    became = _whole([*story, reported])
    if became is not None and became is not _whole(story):
        _tell(tx, story, became, status=status)


def became(journal: Journal, text: TextId) -> Carried | None:
    """What has become of it as far as is known; None while it waits for a line, or was erased."""
    story = [one.event for one in journal.read(streams.text(text))]
    if any(isinstance(one, TextFailed) for one in story):
        return Carried.FAILED
    sent = any(isinstance(one, TextSent) for one in story)
    return _whole(story) or (Carried.SENT if sent else None)


def _whole(story: list[AnyEvent]) -> Carried | None:
    """What has become of all parts of a text, as far as their reports tell anything that is new."""
    parts = next((len(one.references) for one in story if isinstance(one, TextSent)), 0)
    last = {one.part: meaning(one.status) for one in story if isinstance(one, TextReported)}
    if Carried.UNDELIVERED in last.values():
        return Carried.UNDELIVERED
    if Carried.WAITS in last.values():
        return Carried.WAITS
    return Carried.DELIVERED if parts and list(last.values()) == [Carried.DELIVERED] * parts else None


def _tell(tx: Transaction, story: list[AnyEvent], became: Carried, **of: Any) -> None:
    """Say so in the alert, where the text is of one's dialogue."""
    asked = next((one for one in story if isinstance(one, TextAsked)), None)
    if asked is not None and asked.alert is not None and asked.message:
        carried = DialogueCarried(number=asked.message, became=became, **of)
        tx.append(Append(streams.inbox(asked.alert), None, (carried,)))


def failure(text: Text, now_us: Instant) -> TextFailed | None:
    """Why the text is to be given up by now; None where it is not."""
    if text.begun_at is not None and now_us - text.begun_at > SILENT_US:
        return TextFailed(cause=TextFailure.UNKNOWN, line=text.line)
    if text.begun_at is None and now_us >= text.until:
        return TextFailed(cause=TextFailure.TOO_LATE)
    return None


def _text(row: Row) -> Text:
    name, node, to, words, purpose, asked_us, until_us, line, begun_us = row
    return Text(
        id=TextId(name),
        node=NodeId(node),
        to=E164(to),
        words=words,
        purpose=TextPurpose(purpose),
        asked_at=Instant(asked_us),
        until=Instant(until_us),
        line=None if line is None else LineId(line),
        begun_at=None if begun_us is None else Instant(begun_us),
    )
