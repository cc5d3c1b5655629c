"""Short messages of an alert, asked for within the transaction that says so: what of its dialogue goes by
them, and what tells the user's contacts; and a line that begins with one looks once more whether it may go.

Which contacts it concerns and by which number stands in the registry, sealed, and is read in that
transaction: so no number of theirs goes through a message, and whoever was taken out of the record a moment
ago is not told.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

from msgspec.structs import replace

from messages import events as ev
from messages.events import TextAsked, TextFailed
from messages.ids import SECOND, Instant, LineId, TextFailure, TextId, TextPurpose
from messages.journal import Recorded
from model.alert.case import Case
from model.alert.evolve import fold
from model.rules.said import by_which_way
from model.settings import Settings
from model.telling import contacts
from model.telling.contacts import WITHIN_US, words
from store import streams
from store.errors import VersionConflict
from store.journal.journal import Append, Transaction
from store.registry.users import records
from store.registry.users.users import read_user
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


def append_with_contacts(
    tx: Transaction, case: Case, appends: Sequence[Append], settings: Settings
) -> tuple[Recorded, ...]:
    """Append them; where the contacts are to be told, with the short messages that tell them.

    Raises VersionConflict, LeaseLost: nothing is written then, and nobody told. The inbox may have a
    cancellation that was not looked at.
    """
    own = streams.case(case.alert)
    if not any(isinstance(event, ev.ContactsTexted) for one in appends for event in one.events):
        return tx.append(*appends)
    at_its_inbox(tx, case)
    texted = _texted(tx, case, settings)
    filled = [
        replace(
            one,
            events=tuple(texted if isinstance(event, ev.ContactsTexted) else event for event in one.events),
        )
        if one.stream == own
        else one
        for one in appends
    ]
    return tx.append(*filled)


def _texted(tx: Transaction, case: Case, settings: Settings) -> ev.ContactsTexted:
    user = None if case.user is None else read_user(tx, case.user)
    if user is None:
        return ev.ContactsTexted()
    contacts = records.read(tx, user.id).record.contacts
    told = [one for one in contacts if one.tell and one.number and one.number not in user.phones]
    until = Instant(tx.at_us + WITHIN_US)
    name = user.first_name or user.name
    texts = [
        ask_text(
            tx,
            records.number_of(one),
            words(case, settings, name, where=one.where),
            TextPurpose.CONTACT,
            until,
            alert=case.alert,
        )
        for one in told
    ]
    return ev.ContactsTexted(
        texts=tuple(texts),
        names=", ".join(one.name for one in told),
        numbers=", ".join(one.number for one in told),
    )
