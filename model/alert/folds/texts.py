"""Which messages of the dialogue go by short message, and what has become of each. Pure.

The network's reports come late, twice, in any order, and before its own word that it has taken the text: what
says more of the way stands.
"""

from __future__ import annotations

from msgspec.structs import replace

from messages import events as ev
from messages.ids import Carried, Instant
from model.alert.case import Case
from model.alert.parts import Texted


def fold_texts(case: Case, event: ev.Event, at: Instant) -> Case | None:
    """The case after this event; None where it is about something else."""
    match event:
        case ev.DialogueTextsOrdered():
            return replace(case, texts_ordered=True)
        case ev.DialogueTexted(number=number):
            return _with(case, number, Texted(asked_at=at))
        case ev.DialogueCarried(number=number):
            texted = next((one.texted for one in case.dialogue if one.number == number), None)
            return _with(case, number, _carried(texted or Texted(asked_at=at), event, at))
        case _:
            return None


def _with(case: Case, number: int, texted: Texted) -> Case:
    dialogue = (replace(one, texted=texted) if one.number == number else one for one in case.dialogue)
    return replace(case, dialogue=tuple(dialogue))


def _carried(before: Texted, event: ev.DialogueCarried, at: Instant) -> Texted:
    match event.became:
        case Carried.SENT:
            return replace(before, sent_at=before.sent_at or at, awaits=event.awaits)
        case Carried.WAITS:
            return replace(before, waits_at=at)
        case Carried.DELIVERED:
            return replace(before, delivered_at=before.delivered_at or at)
        case Carried.FAILED | Carried.UNDELIVERED:
            return replace(before, failed_at=before.failed_at or at, failure=event.failure)
