"""A text that goes round: one of the center's lines sends it to another, and its stream says when it came.

Its words are its name, which nobody else knows: what arrives with the name of such a text is no alert,
whichever number the network shows for it, and all else is as it always was.
"""

from __future__ import annotations

import re
from typing import Final

import msgspec

from messages.events import TextAsked, TextCame, TextFailed, TextSending, TextSent
from messages.ids import E164, SECOND, Instant, LineId, TextFailure, TextId, TextPurpose
from store import streams
from store.journal.journal import Append, Journal, Transaction
from store.texts import ask_text, new_text

CREDIT_WITHIN_US: Final = Instant(120 * SECOND)
_WORDS: Final = "securwoman {text}"
_NAMED: Final = re.compile(r"\s*securwoman ([0-9a-f]{16})\s*")


class Round(msgspec.Struct, frozen=True, kw_only=True):
    """What has become of one, as far as is known."""

    asked_at: Instant
    sending_at: Instant | None = None
    sent_at: Instant | None = None
    """When the network had taken it."""
    came_at: Instant | None = None
    came_to: LineId | None = None
    failed: TextFailure | None = None
    """Why it was not sent; it may have arrived all the same where that is not known for sure."""

    @property
    def seconds(self) -> float | None:
        """From the modem that sends to the one that receives; None: it has not arrived."""
        if self.came_at is None or self.sending_at is None:
            return None
        return round((self.came_at - self.sending_at) / 1e6, 1)


def ask_round(tx: Transaction, line: LineId, to: E164, until: Instant) -> TextId:
    """Have this line send one to `to`, another of the center's lines, or itself, before `until`."""
    text = new_text(tx)
    words = _WORDS.format(text=text)
    return ask_text(tx, to, words, TextPurpose.PROOF, until, line=line, text=text)


def ask_credit(tx: Transaction, line: LineId, to: E164, words: str) -> TextId:
    """Have this line write what its network answers by telling what is left on the SIM."""
    until = Instant(tx.at_us + CREDIT_WITHIN_US)
    return ask_text(tx, to, words, TextPurpose.PROOF, until, line=line)


def named_by(words: str) -> TextId | None:
    """The text that these words may be; None where they are not of such a form."""
    found = _NAMED.fullmatch(words)
    return None if found is None else TextId(found[1])


def came(tx: Transaction, text: TextId, line: LineId) -> bool:
    """Whether the center has sent such a text; its arrival is written down, the first time."""
    story = [one.event for one in tx.read(streams.text(text))]
    if not any(isinstance(one, TextAsked) and one.purpose is TextPurpose.PROOF for one in story):
        return False
    if not any(isinstance(one, TextCame) for one in story):
        tx.append(Append(streams.text(text), None, (TextCame(line=line),)))
    return True


def round_of(journal: Journal, text: TextId) -> Round | None:
    """What has become of it; None where there is none of this name. Raises JournalError."""
    found: Round | None = None
    for one in journal.read(streams.text(text)):
        match one.event:
            case TextAsked():
                found = Round(asked_at=one.at_us)
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
