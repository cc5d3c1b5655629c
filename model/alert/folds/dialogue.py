"""Messages between user and operator: text, answers, delivery by SMS and its outcome. Pure.

Reports of the network arrive late, twice, in any order, and before the network's confirmation of the sending.
A report of more progress is kept.
"""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace

from messages import events as ev
from messages.ids import Carried, Instant, Unplayed
from model.alert.case import Case
from model.alert.parts import DialogueMessage, SmsDelivery

ANSWERS: Final = ("yes", "no")
"""Values of the app's two buttons; on the phone's keypad, the keys 1 and 2."""
QUESTION: Final = "question"
_NEVER: Final = Instant(1 << 62)


def fold_dialogue(case: Case, event: ev.Event, at: Instant) -> Case | None:
    """Return the case after this event; None if the event has another subject."""
    match event:
        case ev.DialogueSaid():
            if any((one.id, one.by) == (event.id, event.by) for one in case.dialogue):
                return case
            said = DialogueMessage(
                number=len(case.dialogue) + 1,
                id=event.id,
                by=event.by,
                at=at,
                channel=event.channel,
                text=event.text,
                asks=event.asks,
                answers=event.answers,
                fills=event.fills,
                yes=event.yes,
                no=event.no,
                spoken=event.spoken,
                question=event.question,
                version=case.version,
            )
            case = replace(case, dialogue=(*case.dialogue, said))
            return case if said.by else with_answer(case, said.text.lower(), event.answers)
        case ev.DialogueSeen():
            seen = tuple(_seen(one, event, at, case.version) for one in case.dialogue)
            return replace(case, dialogue=seen)
        case ev.AnnouncementBegun(clip=clip, begun_at=begun_at):
            return _of_clip(case, clip, begun_at=begun_at)
        case ev.AnnouncementFailed(clip=clip, reason=reason):
            return _of_clip(case, clip, unplayed=reason)
        case ev.PageOpened():
            return replace(case, has_page=True)
        case _:
            return None


def with_answer(case: Case, answer: str, number: int) -> Case:
    """Return the case with the user's answer to the question of this number, if the question is open."""
    question = next((one for one in case.dialogue if one.number == number and one.by and one.asks), None)
    if answer not in ANSWERS or question is None or question.answer:
        return case
    after = replace(question, answer=answer)
    return replace(case, dialogue=tuple(after if one is question else one for one in case.dialogue))


def last_question_before(case: Case, at: Instant) -> int:
    """Return the number of the last question by this moment, for an answer that names no question; 0 if none.

    A spoken question counts from the start of its playback.
    """
    questions = (one for one in reversed(case.dialogue) if one.by and _asked_at(one) <= at)
    last = next(questions, None)
    return last.number if last is not None and last.asks else 0


def clip_of(said: DialogueMessage) -> str:
    """Return the clip name of a spoken question."""
    return f"{QUESTION}:{said.number}"


def with_clip_played(case: Case, clip: str, at: Instant) -> Case:
    """Return the case after this clip was played to its end; a spoken question gets its time of hearing."""
    return _of_clip(case, clip, heard_at=at)


def _of_clip(case: Case, clip: str, **known: Instant | Unplayed) -> Case:
    dialogue = tuple(
        replace(one, **known) if one.spoken is not None and clip_of(one) == clip else one
        for one in case.dialogue
    )
    return replace(case, dialogue=dialogue)


def _asked_at(one: DialogueMessage) -> Instant:
    if one.spoken is None:
        return one.at
    return _NEVER if one.begun_at is None else one.begun_at


def _seen(one: DialogueMessage, event: ev.DialogueSeen, at: Instant, version: int) -> DialogueMessage:
    """Mark a message as arrived or read by the other side; a message of the reader's own side is
    unchanged.
    """
    theirs = bool(one.by) != bool(event.by) and one.number <= event.upto
    if not theirs:
        return one
    if one.arrived_at is None:
        one = replace(one, arrived_at=at, arrived_version=version)
    if event.read and one.read_at is None:
        one = replace(one, read_at=at, read_version=version)
    return one


def fold_texts(case: Case, event: ev.Event, at: Instant) -> Case | None:
    """Return the case after this event; None if the event has another subject."""
    match event:
        case ev.DialogueTextsOrdered():
            return replace(case, texts_ordered=True)
        case ev.DialogueTexted(number=number):
            return _with(case, number, SmsDelivery(asked_at=at))
        case ev.DialogueCarried(number=number):
            texted = next((one.texted for one in case.dialogue if one.number == number), None)
            return _with(case, number, _carried(texted or SmsDelivery(asked_at=at), event, at))
        case _:
            return None


def _with(case: Case, number: int, texted: SmsDelivery) -> Case:
    dialogue = (replace(one, texted=texted) if one.number == number else one for one in case.dialogue)
    return replace(case, dialogue=tuple(dialogue))


def _carried(before: SmsDelivery, event: ev.DialogueCarried, at: Instant) -> SmsDelivery:
    match event.became:
        case Carried.SENT:
            return replace(before, sent_at=before.sent_at or at, awaits=event.awaits)
        case Carried.WAITS:
            return replace(before, waits_at=at)
        case Carried.DELIVERED:
            return replace(before, delivered_at=before.delivered_at or at)
        case Carried.FAILED | Carried.UNDELIVERED:
            return replace(before, failed_at=before.failed_at or at, failure=event.failure)
