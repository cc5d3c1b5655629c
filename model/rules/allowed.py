"""What an operator may order in a case as it stands, and why not. See also `model.rules.orders`.

The same reasons answer a command over HTTP, in the AlertCase, and at the console's keys.
"""

from __future__ import annotations

from typing import Final

from messages.base import Joins
from messages.ids import OperatorCommand, OperatorId, Party
from model.alert import answers
from model.alert.case import Case
from model.policy import Policy
from model.rules import announcing
from model.rules.attempts import why_not_over
from model.rules.calling import in_duress, quiet, spoken_to, told_112, why_quiet
from model.rules.dialling import NEVER
from model.rules.joining import in_the_network
from model.rules.psap import has_psap, on_another_phone
from model.rules.sound import party_without_sound, why_no_other_line

NO_PSAP: Final = "112 is not on the line."


def refusal_now(
    case: Case,
    command: OperatorCommand,
    by: OperatorId,
    policy: Policy,
    to: OperatorId | None = None,
    party: Party | None = None,
) -> str | None:
    """Why `by` may not give this command now; None when she may. `to`: to whom the case is handed over;
    `party`: who is to have another line.
    """
    if command is OperatorCommand.NOTE:
        return None
    if command is OperatorCommand.REOPEN:
        return None if case.closed_at is not None else "The alert is not closed."
    if case.closed_at is not None:
        return "The alert is closed."
    if command is OperatorCommand.TAKE:
        return _take(case, by)
    if command is OperatorCommand.CLOSE:
        return _close(case, by, policy)
    if command is OperatorCommand.LISTEN:
        return _listen(case, by)
    if command is OperatorCommand.STOP_LISTENING:
        return None if _listens(case, by) else "You are not listening."
    if command in (OperatorCommand.WHISPER, OperatorCommand.STOP_WHISPERING):
        return _whisper(case, by, on=command is OperatorCommand.WHISPER)
    if case.operator != by:
        return "You are not on the line of this alert."
    if case.leaving:
        return "The alert is being ended."
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
            return None if there else NO_PSAP
        case OperatorCommand.MUTE | OperatorCommand.UNMUTE:
            return _mute(case, on=command is OperatorCommand.MUTE)
        case OperatorCommand.HAND_OVER:
            return _hand_over(case, by, to)
        case OperatorCommand.CONFIRM_ANSWER:
            return None if answers.in_doubt(case) is not None else "No answer is in doubt."
        case OperatorCommand.ANNOUNCE:
            return _announce(case)
        case OperatorCommand.KEEP:
            return None if case.hand_over is not None else "The alert is not being handed over."
        case OperatorCommand.SEND_DIGIT:
            return _send_digit(case, party or Party.PSAP)
        case OperatorCommand.ANOTHER_LINE:
            return why_no_other_line(case, party or party_without_sound(case), policy)


def _send_digit(case: Case, party: Party) -> str | None:
    if case.answered(party) is not None:
        return None
    return NO_PSAP if party is Party.PSAP else "Nobody is on the line."


def _take(case: Case, by: OperatorId) -> str | None:
    if case.false_alarm_at is not None:
        return "The alert is being ended."
    if case.operator == by:
        return "The alert is yours already."
    if answers.of_operator(case, by) is not None:
        # She says that she is there, where her line alone does not prove it.
        return None
    if by in case.reserved:
        return "The alert is yours already."
    if case.operator is not None and case.hand_over is None:
        return "Another operator is on the line of this alert."
    return "You are listening: stop that first." if _listens(case, by) else None


def _listens(case: Case, by: OperatorId) -> bool:
    return case.listener is not None and case.listener.operator == by


def _listen(case: Case, by: OperatorId) -> str | None:
    if case.operator == by or by in case.reserved:
        return "The alert is yours already."
    if _listens(case, by):
        return "You are listening already."
    if case.listener is not None:
        return "Somebody else is listening."
    if case.leaving and not case.handed_over:
        return "The alert is being ended."
    if not any(case.answered(party) for party in (Party.OPERATOR, Party.USER, Party.PSAP)):
        return "Nobody is on the line."
    return "Nobody can listen in on this line." if in_the_network(case) else None


def _whisper(case: Case, by: OperatorId, *, on: bool) -> str | None:
    listener = case.listener
    if listener is None or listener.operator != by:
        return "You are not listening."
    if listener.whispers == on:
        return "You are whispering already." if on else "You are not whispering."
    if not on:
        return None
    if case.listener_leg is None or not case.listener_leg.answered:
        return "You do not hear them yet."
    return None if case.operator_leg is not None else "No operator is on the line."


def _close(case: Case, by: OperatorId, policy: Policy) -> str | None:
    """Closed by hand is what 112 knows of, or who was spoken to, or who could not be reached by any means."""
    if case.operator not in (None, by):
        return "Another operator is on the line of this alert."
    talkers = [leg for leg in case.legs.values() if leg.live and leg.party in (Party.USER, Party.PSAP)]
    if talkers or (not case.parties_released and case.operator != by):
        return "There is still a call up."
    if case.psap is not None:
        return "112 is being called."
    if told_112(case) or spoken_to(case):
        return None
    if quiet(case, policy):
        untold = has_psap(case, policy) and not case.presumed_calling_112
        return "112 has not been told, and the user is not called." if untold else None
    # In a storm an alert may have been left by its deadline before anybody could begin with it: the app has
    # called 112, and what is left is to be put away.
    put_away = not case.legs and case.missed_at is not None
    return None if put_away else why_not_over(case, policy)


def _mark_machine(case: Case, policy: Policy) -> str | None:
    """A call that only rings can always be counted as unanswered; one that stands may be the user's."""
    user = case.active(Party.USER)
    if user is None or (user.ringing_at is None and not user.answered):
        return "Nothing has answered on her line."
    if not user.answered:
        return None
    if user.call is not None:
        return "The user has called in."
    if case.answered(Party.PSAP) is not None:
        return "112 is on the line with this call."
    if quiet(case, policy) or (case.psap is not None and in_the_network(case)):
        return "The user would not be called again."
    return None


def _hand_over(case: Case, by: OperatorId, to: OperatorId | None) -> str | None:
    if case.hand_over is not None:
        return "The alert is being handed over."
    if case.operator_leg is None:
        # Her own call is being made anew.
        return "You are not on the line of this alert."
    return "The alert is yours already." if to == by else None


def _false_alarm(case: Case) -> str | None:
    if case.duress:
        return "She has signalled duress."
    if case.psap is not None or case.answered(Party.PSAP):
        return "112 has been called."
    if case.answered(Party.USER) is None and not spoken_to(case):
        return "She has not answered."
    return None


def _call_psap(case: Case, policy: Policy) -> str | None:
    if case.confirmed_answered(Party.PSAP):
        return "112 is on the line."
    if case.psap is not None:
        return "112 is being called."
    if not has_psap(case, policy):
        return "A test never calls the real 112, and no number for tests is set."
    return (
        "112 cannot be joined on this line: call it on another phone."
        if on_another_phone(case, policy)
        else None
    )


def _called_elsewhere(case: Case, policy: Policy) -> str | None:
    """Once a line was lacking, or an attempt has failed, no later one makes untrue what has been done."""
    if on_another_phone(case, policy):
        return None
    if case.answered(Party.PSAP):
        return "112 is on the line."
    if case.psap is None:
        return "112 can be called from here."
    return None if case.psap_no_line_at is not None or case.psap_ends else "112 is being called."


def _withdraw_psap(case: Case, policy: Policy) -> str | None:
    """Until 112 has answered for certain: what is said to be answered without proof may still ring."""
    if case.psap is None:
        return "112 is not being called."
    if case.confirmed_answered(Party.PSAP):
        return "112 is on the line."
    return "She has signalled duress: 112 has to be told." if in_duress(case, policy) else None


def _call_aloud(case: Case, policy: Policy) -> str | None:
    if not case.silent:
        return "The alert is not silent."
    if case.aloud:
        return "She is called already."
    if in_duress(case, policy):
        return why_quiet(case, policy)
    if case.active(Party.USER):
        return "She is on the line."
    return "Her number is not known." if case.phone is None else None


def _leave(case: Case, policy: Policy) -> str | None:
    told_elsewhere = case.psap_elsewhere_at is not None and case.psap is None
    if not told_elsewhere and on_another_phone(case, policy):
        return "The briefing has not been given."
    if not told_elsewhere and not case.answered(Party.PSAP):
        return NO_PSAP
    if case.answered(Party.USER) or case.briefing_at is not None:
        return None
    return "She is not on the line, and the briefing has not been given."


def _announce(case: Case) -> str | None:
    if case.answered(Party.PSAP) is None:
        return NO_PSAP
    if case.answered(Party.USER) is None:
        return "She is not on the line."
    if in_the_network(case):
        return "Nothing can be played on this line."
    return "It is being played." if announcing.waiting(case, announcing.CANNOT_SPEAK) else None


def _mute(case: Case, *, on: bool) -> str | None:
    leg = case.operator_leg
    if leg is None:
        return "You are not on the line of this alert."
    if leg.joins is Joins.NETWORK:
        return "Nobody can be muted on this line."
    if leg.muted == on:
        return "You are muted already." if on else "You are not muted."
    return None


def _redial(case: Case, policy: Policy) -> str | None:
    if case.confirmed_answered(Party.USER):
        return "She is on the line."
    if quiet(case, policy):
        return why_quiet(case, policy)
    if case.active(Party.USER) or case.redial:
        return "She is being called."
    if case.phone is None:
        return "Her number is not known."
    if case.dial_withheld in NEVER:
        return "This number is never called as a user's."
    return None
