"""Asks for the short messages that tell the user's contacts, in the transaction that says that they are told.

Whom it concerns and by which number stands in the registry, sealed, and is read in that transaction: so no
number of theirs goes through a message, and whoever was taken out of the record a moment ago is not told.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from messages import events as ev
from messages.ids import Instant, TextPurpose
from messages.journal import Recorded
from model.alert.case import Case
from model.settings import Settings
from model.telling.contacts import WITHIN_US, words
from store import streams
from store.alerts.texting import at_its_inbox
from store.journal.journal import Append, Transaction
from store.registry.users import records
from store.registry.users.users import read_user
from store.texts import ask_text


def write(tx: Transaction, case: Case, appends: Sequence[Append], settings: Settings) -> tuple[Recorded, ...]:
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
