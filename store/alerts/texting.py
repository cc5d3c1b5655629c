"""Messages of an alert's dialogue are asked for as short messages, within the transaction that says so."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from messages.ids import SECOND, Instant, TextPurpose
from model.alert.case import Case
from store import streams
from store.errors import VersionConflict
from store.journal.journal import Transaction
from store.texts import ask_text

OF_USE_US: Final = Instant(120 * SECOND)
"""A line comes free for it within this time, or it is not sent: by then it may not be true any more."""


def ask_for(tx: Transaction, case: Case, numbers: Collection[int]) -> None:
    """Ask for these messages, unless somebody has tried to cancel the alert since.

    Raises VersionConflict where the inbox has what was not looked at.
    """
    if not numbers or case.phone is None:
        return
    inbox = streams.inbox(case.alert)
    if (version := tx.version(inbox)) != case.inbox_version:
        raise VersionConflict(inbox, case.inbox_version, version)
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
