"""What an operator may order in a case as it stands, and why not. See also `model.orders.effects`.

The same reasons answer a command over HTTP, in the AlertCase, and at the console's keys.
"""

from __future__ import annotations

from typing import Final

from messages.base import Joins
from messages.ids import OperatorCommand, OperatorId, Party, PersonalKind
from model.alert import answers
from model.alert.case import Case
from model.alert.leg import Leg
from model.orders.refusals import Refusal
from model.rules.calls.joining import in_the_network
from model.rules.calls.psap import has_psap, on_another_phone
from model.rules.calls.quiet import (
    dials_by_itself,
    in_duress,
    never_heard,
    quiet,
    spoken_to,
    told_112,
    voices_withheld,
    why_quiet,
)
from model.rules.calls.sound import party_without_sound, why_no_other_line
from model.rules.calls.user_due import why_not_over
from model.rules.calls.withheld_numbers import NEVER
from model.rules.said import announcing, spoken
from model.rules.said.asking import Why, why_no_text, why_unwritten
from model.rules.said.dialogue import unread_since
from model.rules.vouching import vouched
from model.settings import Settings

_UNWRITTEN: Final = {
    Why.CANCELLED: Refusal.APP_SHOWS_NOTHING,
    Why.SOUNDS: Refusal.PHONE_WOULD_SOUND,
    Why.OFF: Refusal.TEXTS_OFF,
    Why.NO_NUMBER: Refusal.NUMBER_UNKNOWN,
    Why.UNFIT: Refusal.NUMBER_NOT_TEXTED,
}


def refusal_now(
    case: Case,
    command: OperatorCommand,
    by: OperatorId,
    policy: Settings,
    to: OperatorId | None = None,
    party: Party | None = None,
    *,
    supervisor: bool = False,
) -> Refusal | None:
    """Why `by` may not give this command now; None when allowed. `to`: to whom the case is handed over;
    `party`: who is to have another line; `supervisor`: whether `by` is one.
    """
    if command is OperatorCommand.NOTE:
        return why_no_note(case)
    if command is OperatorCommand.REOPEN:
        return None if case.closed_at is not None else Refusal.NOT_CLOSED
    if case.closed_at is not None:
        # What the user writes after the end is the whole room's to read.
        return None if command is OperatorCommand.HAVE_READ else Refusal.CLOSED
    if command is OperatorCommand.HAVE_READ and unread_since(case) is not None:
        return None
    if command is OperatorCommand.TAKE:
        return _take(case, by)
    if command is OperatorCommand.CLOSE:
        return _close(case, by, policy, supervisor=supervisor)
    if command is OperatorCommand.LISTEN:
        return _listen(case, by)
    if command is OperatorCommand.STOP_LISTENING:
        return None if _listens(case, by) else Refusal.NOT_LISTENING
    if command in (OperatorCommand.WHISPER, OperatorCommand.STOP_WHISPERING):
        return _whisper(case, by, on=command is OperatorCommand.WHISPER)
    # An operator who is only called calls 112, and takes a slip back by the same key.
    before = command in (OperatorCommand.CALL_PSAP, OperatorCommand.WITHDRAW_PSAP) and _called_for(case, by)
    if case.operator != by and not before:
        return Refusal.NOT_ON_THE_LINE
    if case.leaving:
        return Refusal.BEING_ENDED
    match command:
        case OperatorCommand.DECLARE_FALSE_ALARM:
            return _false_alarm(case)
        case OperatorCommand.CALL_PSAP:
            return _call_psap(case, policy)
        case OperatorCommand.CALLED_ELSEWHERE:
            return _called_elsewhere(case, policy)
        case OperatorCommand.WITHDRAW_PSAP:
            return _withdraw_psap(case, policy)
        case OperatorCommand.CALL_ALOUD:
            return _call_aloud(case, policy)
        case OperatorCommand.LEAVE:
            return _leave(case, policy)
        case OperatorCommand.REDIAL_USER:
            return _redial(case, policy)
        case OperatorCommand.MARK_MACHINE:
            return _mark_machine(case, policy)
        case OperatorCommand.BRIEFING_GIVEN:
            there = case.answered(Party.PSAP) or on_another_phone(case, policy)
            return None if there else Refusal.PSAP_ABSENT
        case OperatorCommand.ASK_ALOUD:
            return Refusal.VOICES_WITHHELD if voices_withheld(case) else _on_the_line(case)
        case OperatorCommand.ASK_SPOKEN | OperatorCommand.ASK_SOFTLY:
            return spoken.why_not(case, softly=command is OperatorCommand.ASK_SOFTLY)
        case OperatorCommand.WITHHOLD_VOICES | OperatorCommand.GIVE_VOICES:
            return _voices(case, given=command is OperatorCommand.GIVE_VOICES)
        case OperatorCommand.WRITE:
            why = why_unwritten(case, policy)
            return None if why is None else _UNWRITTEN[why]
        case OperatorCommand.WRITE_BY_SMS:
            return _write_by_sms(case, policy)
        case OperatorCommand.HAVE_READ | OperatorCommand.BRIEF:
            return None
        case OperatorCommand.VOUCH:
            return Refusal.VOUCHED_ALREADY if vouched(case) else None
        case OperatorCommand.PUT_AWAY:
            return _put_away(case, policy, supervisor=supervisor)
        case OperatorCommand.OPEN_PAGE:
            return Refusal.PAGE_OPEN if case.page is not None else None
        case OperatorCommand.MUTE | OperatorCommand.UNMUTE:
            return _mute(case, on=command is OperatorCommand.MUTE)
        case OperatorCommand.HAND_OVER:
            return _hand_over(case, by, to)
        case OperatorCommand.CONFIRM_ANSWER:
            return None if answers.in_doubt(case) is not None else Refusal.NO_ANSWER_IN_DOUBT
        case OperatorCommand.ANNOUNCE:
            return _announce(case)
        case OperatorCommand.KEEP:
            return None if case.hand_over is not None else Refusal.NOT_BEING_HANDED_OVER
        case OperatorCommand.SEND_DIGIT:
            return _send_digit(case, party or Party.PSAP)
        case OperatorCommand.ANOTHER_LINE:
            return why_no_other_line(case, party or party_without_sound(case), policy)


def why_no_note(case: Case) -> Refusal | None:
    """Why a note would not be kept: what is personal and in words was erased. Open or closed is the same."""
    gone = case.erased is not None and PersonalKind.WORDS in case.erased.kinds
    return Refusal.PERSON_ERASED if gone else None


def _write_by_sms(case: Case, policy: Settings) -> Refusal | None:
    why = why_no_text(case, policy)
    if why is None:
        return Refusal.TEXTS_ALLOWED
    return None if why is Why.SOUNDS else _UNWRITTEN[why]


def _send_digit(case: Case, party: Party) -> Refusal | None:
    if case.answered(party) is not None:
        return None
    return Refusal.PSAP_ABSENT if party is Party.PSAP else Refusal.NOBODY_ON_THE_LINE


def _take(case: Case, by: OperatorId) -> Refusal | None:
    if case.false_alarm_at is not None:
        return Refusal.BEING_ENDED
    if case.operator == by:
        return Refusal.ALREADY_YOURS
    if answers.of_operator(case, by) is not None:
        # She says that she is there, where her line alone does not prove it.
        return None
    if by in case.reserved:
        return Refusal.ALREADY_YOURS
    if case.operator is not None and case.hand_over is None:
        return Refusal.ANOTHER_OPERATOR
    return Refusal.LISTENING if _listens(case, by) else None


def _listens(case: Case, by: OperatorId) -> bool:
    return case.listener is not None and case.listener.operator == by


def _listen(case: Case, by: OperatorId) -> Refusal | None:
    if case.operator == by or by in case.reserved:
        return Refusal.ALREADY_YOURS
    if _listens(case, by):
        return Refusal.LISTENING_ALREADY
    if case.listener is not None:
        return Refusal.ANOTHER_LISTENS
    if case.leaving and not case.leave.handed_over:
        return Refusal.BEING_ENDED
    if not any(case.answered(party) for party in (Party.OPERATOR, Party.USER, Party.PSAP)):
        return Refusal.NOBODY_ON_THE_LINE
    return Refusal.LINE_WITHOUT_LISTENING if in_the_network(case) else None


def _whisper(case: Case, by: OperatorId, *, on: bool) -> Refusal | None:
    listener = case.listener
    if listener is None or listener.operator != by:
        return Refusal.NOT_LISTENING
    if listener.whispers == on:
        return Refusal.WHISPERING_ALREADY if on else Refusal.NOT_WHISPERING
    if not on:
        return None
    if case.listener_leg is None or not case.listener_leg.answered:
        return Refusal.HEARS_NOTHING_YET
    return None if case.operator_leg is not None else Refusal.NO_OPERATOR


def _close(case: Case, by: OperatorId, policy: Settings, *, supervisor: bool) -> Refusal | None:
    """Closed by hand is what 112 knows of. What 112 does not know of is closed by a supervisor, where the
    user was spoken to or could not be reached by any means; by others only a test, and an alert of which the
    app, or the user, is presumed to have told 112. A false alarm is an order of its own.
    """
    if case.operator not in (None, by):
        return Refusal.ANOTHER_OPERATOR
    talkers = [leg for leg in case.legs.values() if leg.live and leg.party in (Party.USER, Party.PSAP)]
    if talkers or (not case.parties_released and case.operator != by):
        return Refusal.CALL_UP
    if case.psap is not None:
        return Refusal.PSAP_BEING_CALLED
    # In a storm an alert may have been left by its deadline before anybody could begin with it: the app has
    # called 112, unless somebody tried to cancel there, and what is left is to be closed.
    left_to_app = not case.legs and case.missed_at is not None and dials_by_itself(case)
    if told_112(case) or left_to_app:
        return None
    untold = has_psap(case, policy) and not (case.test or case.presumed_calling_112)
    if untold and not supervisor:
        return Refusal.PSAP_NOT_TOLD
    if spoken_to(case) or quiet(case, policy):
        return None
    return why_not_over(case, policy)


def _put_away(case: Case, policy: Settings, *, supervisor: bool) -> Refusal | None:
    """Only for what nothing speaks, and by a supervisor: a real alert that its phone has not signed looks
    like a forged one where the user declines or cannot talk, and 112 would never be told.
    """
    if vouched(case):
        return Refusal.HEARD_OR_PROVED
    if case.active(Party.USER) is not None:
        return Refusal.CALL_UP
    untold = has_psap(case, policy) and not case.test
    return Refusal.PSAP_NOT_TOLD if untold and not supervisor else None


def _mark_machine(case: Case, policy: Settings) -> Refusal | None:
    """A call that only rings can always be counted as unanswered; one that stands may be the user's."""
    user = case.active(Party.USER)
    if user is None or (user.ringing_at is None and not user.answered):
        return Refusal.NOTHING_ANSWERED
    if not user.answered:
        return None
    if user.call is not None:
        return Refusal.USER_CALLED_IN
    if in_the_network(case) and case.answered(Party.PSAP) is not None:
        return Refusal.PSAP_ON_THIS_CALL
    if quiet(case, policy) or (case.psap is not None and in_the_network(case)):
        return Refusal.USER_NOT_CALLED_AGAIN
    return None


def _hand_over(case: Case, by: OperatorId, to: OperatorId | None) -> Refusal | None:
    if case.hand_over is not None:
        return Refusal.BEING_HANDED_OVER
    if case.operator_leg is None:
        # Her own call is being made anew.
        return Refusal.NOT_ON_THE_LINE
    return Refusal.ALREADY_YOURS if to == by else None


def _false_alarm(case: Case) -> Refusal | None:
    if case.duress:
        return Refusal.DURESS
    if case.psap is not None or case.answered(Party.PSAP):
        return Refusal.PSAP_CALLED
    if case.briefing_at is not None:
        return Refusal.PSAP_BRIEFED
    if case.answered(Party.USER) is None and not spoken_to(case):
        return Refusal.USER_NOT_ANSWERED
    return Refusal.USER_NOT_HEARD if never_heard(case) else None


def _called_for(case: Case, by: OperatorId) -> bool:
    """Return True where the alert has no operator and this one is being called: that operator's telephone may
    be dead, and 112 must not wait for it.
    """
    return case.operator is None and by in case.reserved


def _call_psap(case: Case, policy: Settings) -> Refusal | None:
    if up := case.confirmed_answered(Party.PSAP):
        return Refusal.PSAP_ON_THE_LINE if up.unheard_at is None else Refusal.LINE_UNHEARD
    if case.psap is not None:
        return Refusal.PSAP_BEING_CALLED
    if not has_psap(case, policy):
        return Refusal.TEST_WITHOUT_PSAP
    return Refusal.PSAP_ON_ANOTHER_PHONE if on_another_phone(case, policy) else None


def _called_elsewhere(case: Case, policy: Settings) -> Refusal | None:
    """Once a line was lacking, or an attempt has failed, no later one makes untrue what has been done."""
    if on_another_phone(case, policy):
        return None
    if case.answered(Party.PSAP):
        return Refusal.PSAP_ON_THE_LINE
    if case.psap is None:
        return Refusal.PSAP_CAN_BE_CALLED
    return None if case.to_112.no_line_at is not None or case.to_112.ends else Refusal.PSAP_BEING_CALLED


def _withdraw_psap(case: Case, policy: Settings) -> Refusal | None:
    """Until 112 has answered for certain: what is said to be answered without proof may still ring."""
    if case.psap is None:
        return Refusal.PSAP_NOT_BEING_CALLED
    if case.confirmed_answered(Party.PSAP):
        return Refusal.PSAP_ON_THE_LINE
    return Refusal.DURESS_PSAP_FIRST if in_duress(case, policy) else None


def _call_aloud(case: Case, policy: Settings) -> Refusal | None:
    if not case.silent:
        return Refusal.NOT_SILENT
    if case.aloud:
        return Refusal.USER_CALLED_ALREADY
    if in_duress(case, policy):
        return why_quiet(case, policy)
    if user := case.active(Party.USER):
        return _on_line(user) if user.confirmed_answered else Refusal.USER_BEING_CALLED
    return Refusal.NUMBER_UNKNOWN if case.phone is None else None


def _leave(case: Case, policy: Settings) -> Refusal | None:
    told_elsewhere = case.to_112.elsewhere_at is not None and case.psap is None
    if not told_elsewhere and on_another_phone(case, policy):
        return Refusal.NOT_BRIEFED
    if not told_elsewhere and not case.answered(Party.PSAP):
        return Refusal.PSAP_ABSENT
    if case.answered(Party.USER) or case.briefing_at is not None:
        return None
    return Refusal.USER_ABSENT_NOT_BRIEFED


def _announce(case: Case) -> Refusal | None:
    if case.answered(Party.PSAP) is None:
        return Refusal.PSAP_ABSENT
    if case.answered(Party.USER) is None:
        return Refusal.USER_ABSENT
    if in_the_network(case):
        return Refusal.LINE_WITHOUT_PLAYING
    return Refusal.BEING_PLAYED if announcing.waiting(case, announcing.CANNOT_SPEAK) else None


def _mute(case: Case, *, on: bool) -> Refusal | None:
    leg = case.operator_leg
    if leg is None:
        return Refusal.NOT_ON_THE_LINE
    if leg.joins is Joins.NETWORK:
        return Refusal.LINE_WITHOUT_MUTE
    if leg.muted == on:
        return Refusal.MUTED_ALREADY if on else Refusal.NOT_MUTED
    return None


def _on_the_line(case: Case) -> Refusal | None:
    return None if case.answered(Party.USER) is not None else Refusal.USER_ABSENT


def _voices(case: Case, *, given: bool) -> Refusal | None:
    user = case.answered(Party.USER)
    if user is not None and user.joins is Joins.NETWORK:
        return Refusal.LINE_WITHOUT_MUTE
    if given and user is None:
        return Refusal.USER_ABSENT
    if voices_withheld(case) is not given:
        return Refusal.VOICES_GIVEN if given else Refusal.VOICES_WITHHELD
    return None


def _on_line(user: Leg) -> Refusal:
    return Refusal.USER_ON_THE_LINE if user.unheard_at is None else Refusal.LINE_UNHEARD


def _redial(case: Case, policy: Settings) -> Refusal | None:
    if user := case.confirmed_answered(Party.USER):
        return _on_line(user)
    if quiet(case, policy):
        return why_quiet(case, policy)
    if case.active(Party.USER) or case.redial:
        return Refusal.USER_BEING_CALLED
    if case.phone is None:
        return Refusal.NUMBER_UNKNOWN
    if case.dial_withheld in NEVER:
        return Refusal.NUMBER_NEVER_CALLED
    return None
