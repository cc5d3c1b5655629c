"""Questions that the center speaks into the user's call: whether it may, and how far each has come. Pure.

What is asked aloud is heard by whoever stands beside the phone: to a user who hides nothing is spoken but
softly and by an operator's explicit order, and under duress nothing at all (docs/decisions/0110).
"""

from __future__ import annotations

from enum import StrEnum

from messages.base import Joins
from messages.bridge import Clip
from messages.ids import Party, Unplayed
from model.alert.case import Case
from model.alert.folds.dialogue import clip_of
from model.alert.parts import Said
from model.orders.refusals import Refusal
from model.rules.calls.silent_and_duress import voices_withheld

PRESS_KEYS = "press_keys"
"""After each question: which key is yes, and which no."""


class Progress(StrEnum):
    """How far a spoken question has come."""

    WAITING = "waiting"
    """Not yet begun."""
    SPEAKING = "speaking"
    HEARD = "heard"
    """To its end."""
    NO_SOUND = Unplayed.NO_SOUND.value
    CUT_OFF = Unplayed.CUT_OFF.value
    HUNG_UP = "hung_up"
    """The call in which it was to be asked has ended before."""
    REPLACED = "replaced"
    """Another question was asked before."""
    WITHHELD = "withheld"
    """By now the user is to hear nobody."""


def why_not(case: Case, *, softly: bool) -> Refusal | None:
    """Why no question can be spoken now; None where one can."""
    if case.duress:
        return Refusal.DURESS
    if voices_withheld(case) is not softly:
        return Refusal.VOICES_GIVEN if softly else Refusal.VOICES_WITHHELD
    user = case.answered(Party.USER)
    if user is None:
        return Refusal.USER_ABSENT
    if not user.confirmed_answered:
        return Refusal.USER_NOT_ANSWERED
    return Refusal.LINE_WITHOUT_PLAYING if user.joins is Joins.NETWORK else None


def progress(case: Case, said: Said) -> Progress | None:
    """How far it has come; None where it is not one that the center speaks."""
    if said.spoken is None:
        return None
    if said.heard_at is not None:
        return Progress.HEARD
    if said.unplayed is not None:
        return Progress(said.unplayed)
    user = case.answered(Party.USER)
    if user is None or user.attempt != said.spoken.attempt:
        return Progress.HUNG_UP
    if any(one.by and one.asks and one.number > said.number for one in case.dialogue):
        return Progress.REPLACED
    if case.leaving or case.duress or (voices_withheld(case) and not said.spoken.softly):
        return Progress.WITHHELD
    return Progress.WAITING if said.begun_at is None else Progress.SPEAKING


def question(case: Case) -> Clip | None:
    """The one that is being asked, for the user's ear alone."""
    user = case.answered(Party.USER)
    for said in reversed(case.dialogue):
        if user is not None and said.spoken is not None and progress(case, said) in _PLAYED:
            return Clip(
                id=clip_of(said),
                to=(user.leg,),
                names=(f"ask:{said.question}", PRESS_KEYS),
                language=said.spoken.language,
                text=said.text,
                softly=said.spoken.softly,
                once=True,
                begun=said.begun_at is not None,
            )
    return None


_PLAYED = (Progress.WAITING, Progress.SPEAKING)
