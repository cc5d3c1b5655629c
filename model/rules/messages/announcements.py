"""Announcements to each party, derived from the case's state, for the AlertCase and the operator's screen;
and questions spoken by the center into the user's call: permission and progress. Pure.

A spoken question is heard by people near the phone. A user who must not be overheard is asked only softly and
on an operator's explicit order, and under duress not at all (docs/decisions/0033).

Announcements: to an unattended user, that an operator is joining and then, with an operator, that the call is
recorded; to an operator alone, the kind of the alert; to a 112 called a second time because of a lost node,
that the alert is the same; to an unattended 112, that an operator is coming; and those ordered by an
operator. All announcements are short, and no party must wait for their end: a speaking party is heard during
an announcement.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import Final

from messages.base import Joins
from messages.bridge import Clip
from messages.ids import LegId, Party, Unplayed
from model.alert.case import Case
from model.alert.folds.dialogue import QUESTION, clip_of
from model.alert.leg import Leg, place_of
from model.alert.parts import DialogueMessage
from model.orders.refusals import Refusal
from model.rules.calls.silent_and_duress import are_voices_withheld

PRESS_KEYS = "press_keys"
"""Clip after each question, which names the keys for yes and no."""


class QuestionProgress(StrEnum):
    """Progress of a spoken question."""

    WAITING = "waiting"
    """The playback has not begun."""
    SPEAKING = "speaking"
    HEARD = "heard"
    """The question was played to its end."""
    NO_SOUND = Unplayed.NO_SOUND.value
    CUT_OFF = Unplayed.CUT_OFF.value
    HUNG_UP = "hung_up"
    """The call of the question has ended before the playback."""
    REPLACED = "replaced"
    """Another question was asked instead."""
    WITHHELD = "withheld"
    """The user must hear no voice now."""


def why_no_question(case: Case, *, softly: bool) -> Refusal | None:
    """Return why no question can be spoken now; None if one can."""
    if case.duress:
        return Refusal.DURESS
    if are_voices_withheld(case) is not softly:
        return Refusal.VOICES_GIVEN if softly else Refusal.VOICES_WITHHELD
    user = case.answered(Party.USER)
    if user is None:
        return Refusal.USER_ABSENT
    if not user.confirmed_answered:
        return Refusal.USER_NOT_ANSWERED
    return Refusal.LINE_WITHOUT_PLAYING if user.joins is Joins.NETWORK else None


def question_progress(case: Case, said: DialogueMessage) -> QuestionProgress | None:
    """Return the progress of the question; None if the message is not spoken by the center."""
    if said.spoken is None:
        return None
    if said.heard_at is not None:
        return QuestionProgress.HEARD
    if said.unplayed is not None:
        return QuestionProgress(said.unplayed)
    user = case.answered(Party.USER)
    if user is None or user.attempt != said.spoken.attempt:
        return QuestionProgress.HUNG_UP
    if any(one.by and one.asks and one.number > said.number for one in case.dialogue):
        return QuestionProgress.REPLACED
    if case.leaving or case.duress or (are_voices_withheld(case) and not said.spoken.softly):
        return QuestionProgress.WITHHELD
    return QuestionProgress.WAITING if said.begun_at is None else QuestionProgress.SPEAKING


def question_clip(case: Case) -> Clip | None:
    """Return the question in progress, for the user's ear alone; None if no question is in progress."""
    user = case.answered(Party.USER)
    for said in reversed(case.dialogue):
        if user is not None and said.spoken is not None and question_progress(case, said) in _PLAYED:
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


_PLAYED = (QuestionProgress.WAITING, QuestionProgress.SPEAKING)


HOLD_AGAIN_S: Final = 8.0
"""Interval between two "please hold" announcements."""
WHISPER_AGAIN_S: Final = 2.0
"""Interval between two whispers while the operator's answer is unproved."""
CANNOT_SPEAK: Final = "cannot_speak"
"""Announcement to 112 that an operator may order."""
CHECK: Final = "alert_test"
"""Announcement on the call of a check."""
CHECK_AGAIN_S: Final = 2.0
"""Interval of the check's announcement: a late answer still hears one."""
TONE_AGAIN_S: Final = 4.0
"""Interval between two soft tones."""
PSAP_AGAIN: Final = "psap_again"
"""Announcement to 112 called a second time for the alert, as a lost node may still hold the first call."""
PSAP_AGAIN_S: Final = 2.0
"""Interval of that announcement while the answer is unproved."""
SOFT_TONE: Final = "soft_tone"
"""Tone without a file: signals to a user who hears no voices that the center is listening."""
NAMES: Final = (
    "please_hold",
    "alert_real",
    "alert_test",
    "duress",
    "hand_over",
    "user_on_the_line",
    "psap_hold",
    "user_stay",
    "psap_stay",
    PSAP_AGAIN,
    CANNOT_SPEAK,
    "recorded",
    PRESS_KEYS,
)
"""Names of the files of all announcements."""


def clips_to_play(case: Case, name: str = "") -> tuple[Clip, ...]:
    """Return all clips to be played now. `name`: the user's name, if it can be spoken."""
    wished = (*_whispers(case, name), *_to_user(case), *_to_psap(case))
    return tuple(clip for clip in wished if clip.id not in case.played)


def clip_names_for(case: Case, leg: LegId) -> tuple[str, ...]:
    """Return the names of the clips being played to this leg, without a person's name."""
    clips = (clip for clip in clips_to_play(case) if leg in clip.to)
    # The dialogue identifies the question.
    return tuple(
        name for clip in clips for name in ((QUESTION,) if clip.id.startswith(QUESTION) else clip.names)
    )


def is_announcement_pending(case: Case, what: str) -> bool:
    """Return True if the announcement was ordered and has not been played to its end."""
    return any(one.startswith(f"{what}:") and one not in case.played for one in case.asked)


def is_operator_hearing(case: Case) -> bool:
    """Return True if the operator hears the others; without voice at the host, if answered."""
    leg = case.operator_leg
    return leg is not None and leg.confirmed_answered and (leg.joined or leg.voice is None)


def _whispers(case: Case, name: str) -> Iterator[Clip]:
    for leg in case.of(Party.OPERATOR):
        if not leg.answered or case.leaving:
            continue
        # Later duress is announced as well: the operator is speaking, and may not be looking at the screen.
        at = f"whisper:{place_of(leg.leg)}:{leg.attempt}" + (":duress" if case.duress else "")
        names = tuple(_what(case, leg)) + (("text",) if name else ())
        if leg.confirmed_answered:
            yield Clip(id=at, to=(leg.leg,), names=names, language="", text=name)
        else:
            again = WHISPER_AGAIN_S
            yield Clip(id=f"{at}:again", to=(leg.leg,), names=names, language="", text=name, every_s=again)


def _what(case: Case, leg: Leg) -> Iterator[str]:
    yield "alert_test" if case.test else "alert_real"
    if case.duress:
        yield "duress"
    if case.hand_over is not None and leg.operator != case.hand_over.by:
        yield "hand_over"
    if case.confirmed_answered(Party.USER) is not None:
        yield "user_on_the_line"


def _to_user(case: Case) -> Iterator[Clip]:
    """Yield the clips to the user; by default none under duress, only soft ones in a silent alert."""
    user = case.answered(Party.USER)
    if user is None or case.leaving:
        return
    if case.check is not None:
        yield Clip(id=CHECK, to=(user.leg,), names=(CHECK,), language=case.language, every_s=CHECK_AGAIN_S)
        return
    asking = question_clip(case)
    if asking is not None:
        yield asking
        return
    if are_voices_withheld(case):
        # The tone is heard only at the ear; under duress the person who forces the user may hold the phone.
        if not case.duress and user.confirmed_answered:
            yield Clip(id=SOFT_TONE, to=(user.leg,), names=(SOFT_TONE,), every_s=TONE_AGAIN_S)
        return
    if case.duress or case.silent:
        return
    if is_operator_hearing(case) or case.confirmed_answered(Party.PSAP) is not None:
        if case.recording.announced:
            told = ("recorded",)
            yield Clip(id="recorded", to=(user.leg,), names=told, language=case.language)
        return
    hold = "please_hold" if case.leave.broken_at is None else "user_stay"
    yield Clip(id=hold, to=(user.leg,), names=(hold,), language=case.language, every_s=HOLD_AGAIN_S)


def _to_psap(case: Case) -> Iterator[Clip]:
    psap = case.answered(Party.PSAP)
    if psap is None:
        return
    if psap.beside_lost:
        at, names = f"{PSAP_AGAIN}:{psap.attempt}", (PSAP_AGAIN,)
        if not psap.confirmed_answered:
            again = f"{at}:again"
            yield Clip(id=again, to=(psap.leg,), names=names, language="", every_s=PSAP_AGAIN_S)
            return
        if at not in case.played:
            yield Clip(id=at, to=(psap.leg,), names=names, language="")
            return
    asked = next((one for one in case.asked if one not in case.played), None)
    if asked is not None:
        yield Clip(id=asked, to=(psap.leg,), names=(asked.partition(":")[0],), language="")
    elif not case.leaving and not is_operator_hearing(case) and case.answered(Party.USER) is None:
        hold = "psap_hold" if case.leave.broken_at is None else "psap_stay"
        yield Clip(id=hold, to=(psap.leg,), names=(hold,), language="", every_s=HOLD_AGAIN_S)
