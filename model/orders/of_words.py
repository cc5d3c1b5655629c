"""Orders about words: note, briefing, dialogue, 112's page. Rows and rules.

Words must not be lost and cannot become out of date: most of these orders rest on nothing.
"""

from __future__ import annotations

from typing import Final

from messages.ids import OperatorCommand, Party, PersonalKind
from model.alert.case import Case
from model.alert.parts import Matter
from model.orders.refusals import Refusal
from model.orders.row import (
    ConsoleKey,
    EnterKey,
    Order,
    OrderContext,
    OrderGiver,
    RequiredState,
    why_not_on_the_line,
)
from model.rules.calls.silent_and_duress import are_voices_withheld
from model.rules.messages.announcements import why_no_question
from model.rules.messages.dialogue import unread_since
from model.rules.messages.message_channel import ChannelReason, why_no_message, why_no_sms

_UNWRITTEN: Final = {
    ChannelReason.CANCELLED: Refusal.APP_SHOWS_NOTHING,
    ChannelReason.SOUNDS: Refusal.PHONE_WOULD_SOUND,
    ChannelReason.OFF: Refusal.TEXTS_OFF,
    ChannelReason.NO_NUMBER: Refusal.NUMBER_UNKNOWN,
    ChannelReason.UNFIT: Refusal.NUMBER_NOT_TEXTED,
}
_ASKS: Final = frozenset({Matter.USER_DIALLED})
_MESSAGE: Final = frozenset({"id", "text"})
_SPOKEN: Final = _MESSAGE | {"language", "question"}
_ANSWERS: Final = frozenset({"field", "yes", "no"})
"""Field of the briefing that a question fills, and the value by each answer."""


def why_no_note(case: Case) -> Refusal | None:
    """Return why no note is kept, in an open or closed alert: personal words were erased; None if a note may
    be kept.
    """
    gone = case.erased is not None and PersonalKind.WORDS in case.erased.kinds
    return Refusal.PERSON_ERASED if gone else None


def _why_not_read(asked: OrderContext) -> Refusal | None:
    """Return why messages cannot be marked as read; after the end every operator may do so."""
    if asked.case.closed_at is not None or unread_since(asked.case) is not None:
        return None
    return why_not_on_the_line(asked)


def _why_not_write(asked: OrderContext) -> Refusal | None:
    why = why_no_message(asked.case, asked.settings)
    return None if why is None else _UNWRITTEN[why]


def _why_no_sms(asked: OrderContext) -> Refusal | None:
    why = why_no_sms(asked.case, asked.settings)
    if why is None:
        return Refusal.TEXTS_ALLOWED
    return None if why is ChannelReason.SOUNDS else _UNWRITTEN[why]


def _why_not_aloud(asked: OrderContext) -> Refusal | None:
    if are_voices_withheld(asked.case):
        return Refusal.VOICES_WITHHELD
    return None if asked.case.answered(Party.USER) is not None else Refusal.USER_ABSENT


OF_WORDS: Final = (
    Order(
        command=OperatorCommand.NOTE,
        italian="nota",
        needs=frozenset({"text"}),
        by=OrderGiver.ANYBODY,
        when=RequiredState.EITHER,
        had_it=True,
        why_not=lambda asked: why_no_note(asked.case),
        console=ConsoleKey(key="N", label="Note", listed="Note, on a closed alert too"),
    ),
    Order(
        command=OperatorCommand.BRIEF,
        italian="per il 112",
        needs=frozenset({"field"}),
        console=ConsoleKey(key="Q", listed="What is known for 112"),
    ),
    Order(
        command=OperatorCommand.OPEN_PAGE,
        italian="la pagina per il 112",
        why_not=lambda asked: Refusal.PAGE_OPEN if asked.case.has_page else None,
        console=ConsoleKey(key="P", whenever=True, listed="A page for 112, with a code"),
    ),
    Order(
        command=OperatorCommand.WRITE,
        italian="scrivere all’utente",
        needs=_MESSAGE,
        takes=_ANSWERS | {"asks"},
        why_not=_why_not_write,
        console=ConsoleKey(key="W", listed="Write to the user"),
    ),
    Order(
        command=OperatorCommand.WRITE_BY_SMS,
        italian="scrivere per SMS",
        why_not=_why_no_sms,
        rests_on=frozenset({Matter.WORDS}),
        console=ConsoleKey(
            key="I",
            whenever=True,
            enter=EnterKey.ALWAYS,
            label="Send by SMS",
            waiting="Messages go by SMS, and the phone sounds there",
            listed="From the messages: by SMS, the phone sounds",
        ),
    ),
    Order(
        command=OperatorCommand.ASK_ALOUD,
        italian="una domanda ad alta voce",
        needs=_MESSAGE,
        takes=_ANSWERS,
        why_not=_why_not_aloud,
        rests_on=_ASKS,
        console=ConsoleKey(key="J"),
    ),
    Order(
        command=OperatorCommand.ASK_SPOKEN,
        italian="una domanda con la voce del centro",
        needs=_SPOKEN,
        takes=_ANSWERS,
        why_not=lambda asked: why_no_question(asked.case, softly=False),
        rests_on=_ASKS,
        console=ConsoleKey(key="J", listed="Yes/no questions, if she cannot talk"),
    ),
    Order(
        command=OperatorCommand.ASK_SOFTLY,
        italian="una domanda sottovoce",
        needs=_SPOKEN,
        takes=_ANSWERS,
        why_not=lambda asked: why_no_question(asked.case, softly=True),
        rests_on=_ASKS,
        console=ConsoleKey(key="J"),
    ),
    Order(
        command=OperatorCommand.HAVE_READ,
        italian="letto",
        needs=frozenset({"upto"}),
        by=OrderGiver.ANYBODY,
        when=RequiredState.EITHER,
        why_not=_why_not_read,
    ),
)
