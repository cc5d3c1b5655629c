"""Messages of an alert's dialogue are asked for as short messages, within the transaction that says so; and a
line that begins with one looks once more whether it may go."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from messages.events import TextAsked, TextFailed
from messages.ids import SECOND, Instant, LineId, TextFailure, TextId, TextPurpose
from model.alert.case import Case
from model.alert.evolve import fold
from model.rules.said import by_which_way
from model.telling import contacts
from store import streams
from store.errors import VersionConflict
from store.journal.journal import Transaction
from store.texts import Text, ask_text, begin, end

OF_USE_US: Final = Instant(120 * SECOND)
"""A line comes free for it within this time, or it is not sent: by then it may not be true any more."""


def at_its_inbox(tx: Transaction, case: Case) -> None:
    """Raise VersionConflict where the alert's inbox has what was not looked at: perhaps a cancellation."""
    inbox = streams.inbox(case.alert)
    if (version := tx.version(inbox)) != case.inbox_version:
        raise VersionConflict(inbox, case.inbox_version, version)


def begin_if_fit(tx: Transaction, text: TextId, line: LineId) -> Text | None:
    """As `store.texts.begin`; a text of an alert that is to be withheld by now ends instead.

    It may have waited for a line for minutes, and whoever cancels the alert may hold the phone.
    """
    story = [one.event for one in tx.read(streams.text(text))]
    if any(isinstance(one, TextAsked) and _is_withheld(tx, one) for one in story) and len(story) == 1:
        end(tx, text, TextFailed(cause=TextFailure.WITHHELD))
        return None
    return begin(tx, text, line)


def _is_withheld(tx: Transaction, asked: TextAsked) -> bool:
    if asked.alert is None:
        return False
    recorded = (*tx.read(streams.inbox(asked.alert)), *tx.read(streams.case(asked.alert)))
    case = fold(sorted(recorded, key=lambda one: one.seq))
    rule = contacts.withheld if asked.purpose is TextPurpose.CONTACT else by_which_way.withheld
    return case is not None and rule(case)


def ask_for(tx: Transaction, case: Case, numbers: Collection[int]) -> None:
    """Ask for these messages, unless somebody has tried to cancel the alert since.

    Raises VersionConflict where the inbox has what was not looked at.
    """
    if not numbers or case.phone is None:
        return
    at_its_inbox(tx, case)
    until = Instant(tx.at_us + OF_USE_US)
    for one in case.dialogue:
        if one.number in numbers:
            ask_text(
                tx,
                case.phone,
                one.text,
                TextPurpose.DIALOGUE,
                until,
                alert=case.alert,
                message=one.number,
            )
