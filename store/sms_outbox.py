"""Short messages that the center sends. The journal holds the outcome of each (`text-TEXT`); a row of the
outbox holds the words, which may be secret, until the text ends.

The row is only a hint. The stream ensures that a text is sent at most once: its second event is the sending
line or the end of the text. A row that reappears, with the return from the fallback journal, therefore does
no harm.

A loopback text is sent by one of the center's lines to another, and its stream records the arrival. Its words
are its random name: an incoming message with the name of such a text is no alert, for any caller ID that the
network shows. All other incoming messages are handled as usual.
"""

from __future__ import annotations

import re
import secrets
from typing import Any, Final

import msgspec
from sqlalchemy import bindparam, delete, insert, select, update

from messages.events import (
    DialogueCarried,
    TextAsked,
    TextCame,
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
from model.rules.messages.message_channel import delivery_state, is_final
from store import streams
from store.alerts.candidates import known_alert
from store.database.query import Query, Row
from store.database.schema import outbox
from store.journal.journal import Append, Journal, Transaction

SENT_WITHIN_US: Final = Instant(10 * SECOND)
"""Time within which a line must send a text; after it the line gives up, because an alert may need the line.
"""
SILENT_US: Final = Instant(2 * SENT_WITHIN_US)
"""Time after which a sending line without a result is taken as silent: the outcome is unknown."""
REPORTED_US: Final = Instant(24 * 3600 * SECOND)
"""Time within which a delivery report is matched; a network reuses its message numbers after 256 messages."""

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
    """A short message that is waiting or being sent."""

    id: TextId
    node: NodeId
    """Node that owns the text and ensures that it is sent."""
    to: E164
    words: str
    purpose: TextPurpose
    asked_at: Instant
    until: Instant
    line: LineId | None
    """Line that sends the text; before sending starts, the only line that may send it, None for any."""
    begun_at: Instant | None


def request_text(
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
    """Request one sending of these words to this number before `until`; the outcome is in the text's stream.

    `alert`: alert of the text; with `message`, the number in its dialogue, the outcome is recorded there as
    well. `line`: the only line that may send the text. `text`: name made by `new_text`, if the words contain
    the name.
    """
    text = new_text(tx, message) if text is None else text
    asked = TextAsked(purpose=purpose, expires_at=until, alert=alert, message=message, line=line)
    tx.append(Append(streams.text(text), 0, (asked,)))
    # Also while the journal is not durable: an alarm is worth sending then as well.
    tx.write_nondurable(_ADD, text, tx.node, to, words, purpose, tx.at_us, until, line, None)
    return text


def new_text(tx: Transaction, message: int = 0) -> TextId:
    """Return a name for a text. Names sort by `message`: of simultaneous texts the first one goes first."""
    return TextId(f"{message:04d}" + tx.chance(lambda: secrets.token_hex(6)))


def read_outbox(journal: Journal) -> list[Text]:
    """Return all texts that are waiting or being sent, of all nodes, oldest first. Raises JournalError."""
    return [_text(row) for row in journal.rows(_ALL)]


def assign_to_line(tx: Transaction, text: TextId, line: LineId) -> Text | None:
    """Assign the text to this line and return it; None if it is another line's, has ended or has expired."""
    row = tx.one(_ONE, text)
    if row is None or (found := _text(row)).begun_at is not None or found.until <= tx.at_us:
        return None
    if found.line not in (None, line):
        return None
    if tx.version(streams.text(text)) != 1:
        tx.write_nondurable(_DELETE, text)
        return None
    tx.append(Append(streams.text(text), 1, (TextSending(line=line),)))
    tx.write_nondurable(_BEGIN, line, tx.at_us, text)
    return found


def end_text(tx: Transaction, text: TextId, became: TextSent | TextFailed) -> None:
    """End the text and delete its words. Only the first end of a text is recorded."""
    stream = streams.text(text)
    story = [one.event for one in tx.read(stream)]
    if not any(isinstance(one, TextSent | TextFailed) for one in story):
        tx.append(Append(stream, None, (became,)))
        match became:
            case TextSent(line=line, references=references, awaits=awaits):
                for part, number in enumerate(references):
                    named = TextReferenced(text=text, part=part)
                    tx.append(Append(streams.reference(line, number), None, (named,)))
                _record_in_dialogue(tx, story, Carried.SENT, awaits=awaits)
            case TextFailed(cause=cause):
                _record_in_dialogue(tx, story, Carried.FAILED, failure=cause)
    tx.write_nondurable(_DELETE, text)


def record_delivery_report(
    tx: Transaction, line: LineId, reference: int, recipient: str, status: int
) -> None:
    """Record a network's delivery report for a part of a text that this line has sent.

    A report is ignored if its text is unknown or the part already has a final report. For a message of a
    dialogue the last six digits of the recipient must match as well.
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
    became = _delivery_by_reports([*story, reported])
    if became is not None and became is not _delivery_by_reports(story):
        _record_in_dialogue(tx, story, became, status=status)


def delivery_of(journal: Journal, text: TextId) -> Carried | None:
    """Return the known outcome of a text; None while it waits for a line, or if it was erased."""
    story = [one.event for one in journal.read(streams.text(text))]
    if any(isinstance(one, TextFailed) for one in story):
        return Carried.FAILED
    sent = any(isinstance(one, TextSent) for one in story)
    return _delivery_by_reports(story) or (Carried.SENT if sent else None)


def _delivery_by_reports(story: list[AnyEvent]) -> Carried | None:
    """Return the outcome of all parts of a text by its delivery reports; None if these show nothing new."""
    parts = next((len(one.references) for one in story if isinstance(one, TextSent)), 0)
    last = {one.part: delivery_state(one.status) for one in story if isinstance(one, TextReported)}
    if Carried.UNDELIVERED in last.values():
        return Carried.UNDELIVERED
    if Carried.WAITS in last.values():
        return Carried.WAITS
    return Carried.DELIVERED if parts and list(last.values()) == [Carried.DELIVERED] * parts else None


def _record_in_dialogue(tx: Transaction, story: list[AnyEvent], became: Carried, **of: Any) -> None:
    """Record the outcome in the inbox of the alert, if the text is a message of a dialogue."""
    asked = next((one for one in story if isinstance(one, TextAsked)), None)
    if asked is not None and asked.alert is not None and asked.message:
        carried = DialogueCarried(number=asked.message, became=became, **of)
        tx.append(Append(streams.inbox(asked.alert), None, (carried,)))


def expiry_of(text: Text, now_us: Instant) -> TextFailed | None:
    """Return the reason to give up the text by now; None to keep it."""
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


CREDIT_WITHIN_US: Final = Instant(120 * SECOND)
_WORDS: Final = "securwoman {text}"
_NAMED: Final = re.compile(r"\s*securwoman ([0-9a-f]{16})\s*")


class LoopbackText(msgspec.Struct, frozen=True, kw_only=True):
    """Known progress of a loopback text."""

    asked_at: Instant
    sending_at: Instant | None = None
    sent_at: Instant | None = None
    """Time at which the network accepted the text."""
    came_at: Instant | None = None
    came_to: LineId | None = None
    failed: TextFailure | None = None
    """Reason of a failed sending; with an uncertain cause the text may have arrived nevertheless."""

    @property
    def seconds(self) -> float | None:
        """Seconds from the start of sending to the arrival; None if the text has not arrived."""
        if self.came_at is None or self.sending_at is None:
            return None
        return round((self.came_at - self.sending_at) / 1e6, 1)


def request_loopback_text(tx: Transaction, line: LineId, to: E164, until: Instant) -> TextId:
    """Request a loopback text from this line to `to`, a line of the center, before `until`."""
    text = new_text(tx)
    words = _WORDS.format(text=text)
    return request_text(tx, to, words, TextPurpose.PROOF, until, line=line, text=text)


def request_credit_text(tx: Transaction, line: LineId, to: E164, words: str) -> TextId:
    """Request a text from this line that its network answers with the credit left on the SIM."""
    until = Instant(tx.at_us + CREDIT_WITHIN_US)
    return request_text(tx, to, words, TextPurpose.PROOF, until, line=line)


def loopback_text_id(words: str) -> TextId | None:
    """Return the text that these words may name; None if they have another form."""
    found = _NAMED.fullmatch(words)
    return None if found is None else TextId(found[1])


def record_arrival(tx: Transaction, text: TextId, line: LineId) -> bool:
    """Record the first arrival of a loopback text. Return False if the center has sent no such text."""
    story = [one.event for one in tx.read(streams.text(text))]
    if not any(isinstance(one, TextAsked) and one.purpose is TextPurpose.PROOF for one in story):
        return False
    if not any(isinstance(one, TextCame) for one in story):
        tx.append(Append(streams.text(text), None, (TextCame(line=line),)))
    return True


def read_loopback_text(journal: Journal, text: TextId) -> LoopbackText | None:
    """Return the progress of a loopback text; None if none has this name. Raises JournalError."""
    found: LoopbackText | None = None
    for one in journal.read(streams.text(text)):
        match one.event:
            case TextAsked():
                found = LoopbackText(asked_at=one.at_us)
            case TextSending() if found is not None:
                found = msgspec.structs.replace(found, sending_at=one.at_us)
            case TextSent() if found is not None:
                found = msgspec.structs.replace(found, sent_at=one.at_us)
            case TextFailed(cause=cause) if found is not None:
                found = msgspec.structs.replace(found, failed=cause)
            case TextCame(line=line) if found is not None:
                found = msgspec.structs.replace(found, came_at=one.at_us, came_to=line)
            case _:
                pass
    return found
