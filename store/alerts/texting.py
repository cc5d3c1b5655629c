"""Short messages of an alert, requested within the transaction that records the request: messages of its
dialogue, and notifications of the user's contacts. A line that starts to send one checks again if it may
still be sent.

Contacts and their numbers are encrypted in the registry and read within that transaction: no message between
processes contains their numbers, and a contact that was just removed from the record gets no text.
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
from model.rules.messages import message_channel
from model.settings import Settings
from model.telling import contacts
from model.telling.contacts import WITHIN_US, contact_text
from store import streams
from store.errors import VersionConflict
from store.journal.journal import Append, Transaction
from store.registry.users import records
from store.registry.users.users import read_user
from store.sms_outbox import Text, assign_to_line, end_text, request_text

LINE_WAIT_US: Final = Instant(120 * SECOND)
"""Time within which a line must become free; after it the text may be untrue and is not sent."""


def require_current_inbox(tx: Transaction, case: Case) -> None:
    """Raise VersionConflict if the alert's inbox has events newer than the case, such as a cancellation."""
    inbox = streams.inbox(case.alert)
    if (version := tx.version(inbox)) != case.inbox_version:
        raise VersionConflict(inbox, case.inbox_version, version)


def begin_sending(tx: Transaction, text: TextId, line: LineId) -> Text | None:
    """Assign the text to this line as `store.sms_outbox.assign_to_line` does; end the text instead if its
    alert now withholds it.

    The text may have waited for a line for minutes, and the person who cancels the alert may hold the phone.
    """
    story = [one.event for one in tx.read(streams.text(text))]
    if any(isinstance(one, TextAsked) and _is_withheld(tx, one) for one in story) and len(story) == 1:
        end_text(tx, text, TextFailed(cause=TextFailure.WITHHELD))
        return None
    return assign_to_line(tx, text, line)


def _is_withheld(tx: Transaction, asked: TextAsked) -> bool:
    if asked.alert is None:
        return False
    recorded = (*tx.read(streams.inbox(asked.alert)), *tx.read(streams.case(asked.alert)))
    case = fold(sorted(recorded, key=lambda one: one.seq))
    rule = (
        contacts.must_not_notify_contacts
        if asked.purpose is TextPurpose.CONTACT
        else message_channel.must_drop_message
    )
    return case is not None and rule(case)


def request_dialogue_texts(tx: Transaction, case: Case, numbers: Collection[int]) -> None:
    """Request these messages of the dialogue, unless an attempt to cancel the alert came since.

    Raises VersionConflict if the inbox has events newer than the case.
    """
    if not numbers or case.phone is None:
        return
    require_current_inbox(tx, case)
    until = Instant(tx.at_us + LINE_WAIT_US)
    for one in case.dialogue:
        if one.number in numbers:
            request_text(
                tx,
                case.phone,
                one.text,
                TextPurpose.DIALOGUE,
                until,
                alert=case.alert,
                message=one.number,
            )


def append_with_contact_texts(
    tx: Transaction, case: Case, appends: Sequence[Append], settings: Settings
) -> tuple[Recorded, ...]:
    """Append the events; if contacts are to be notified, together with the requests of their short messages.

    Raises VersionConflict, LeaseLost: nothing is written and no text requested. The inbox may have a
    cancellation newer than the case.
    """
    own = streams.case(case.alert)
    if not any(isinstance(event, ev.ContactsTexted) for one in appends for event in one.events):
        return tx.append(*appends)
    require_current_inbox(tx, case)
    texted = _request_contact_texts(tx, case, settings)
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


def _request_contact_texts(tx: Transaction, case: Case, settings: Settings) -> ev.ContactsTexted:
    user = None if case.user is None else read_user(tx, case.user)
    if user is None:
        return ev.ContactsTexted()
    contacts = records.read_record(tx, user.id).record.contacts
    told = [one for one in contacts if one.tell and one.number and one.number not in user.phones]
    until = Instant(tx.at_us + WITHIN_US)
    name = user.first_name or user.name
    texts = [
        request_text(
            tx,
            records.number_of(one),
            contact_text(case, settings, name, where=one.where),
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
