"""What an operator's order comes to in a case, and whether it would be taken.

The web asks `refusal` before it journals a command (409 with the reason): orders that lie in the inbox
and that the AlertCase has not yet read count as carried out. The AlertCase makes the events of each in turn.
"""

from __future__ import annotations

from messages import events as ev
from messages.ids import OperatorCommand, OperatorId, Party
from model.alert import answers
from model.alert.case import Case
from model.alert.evolve import apply
from model.alert.reasons import ReleaseReason
from model.orders.allowed import refusal_now
from model.orders.refusals import Refusal
from model.rules.calls.joining import psap_is_alone
from model.rules.calls.psap import on_another_phone, psap_number
from model.rules.calls.sound import hung_up_for, leg_of, party_without_sound
from model.rules.said import announcing
from model.settings import Settings


def refusal(
    case: Case,
    command: OperatorCommand,
    by: OperatorId,
    policy: Settings,
    to: OperatorId | None = None,
    party: Party | None = None,
    *,
    supervisor: bool = False,
) -> Refusal | None:
    """Why `by` may not give this command now, orders that wait carried out; None when allowed."""
    for entry in case.unread:
        if isinstance(entry.event, ev.CommandGiven):
            for event in events_of(case, entry.event, policy):
                case = apply(case, event, entry.at)
    return refusal_now(case, command, by, policy, to, party, supervisor=supervisor)


def events_of(case: Case, order: ev.CommandGiven, policy: Settings) -> tuple[ev.CaseEvent, ...]:
    """The events that an order makes in this state: its own, or `command.refused`.

    What says that somebody has answered says so of a call of which it was in doubt.
    """
    reason = refusal_now(
        case, order.command, order.by, policy, order.to, order.party, supervisor=order.supervisor
    )
    if reason is not None:
        return (ev.CommandRefused(command=order.command, by=order.by, reason=reason),)
    by = order.by
    match order.command:
        case OperatorCommand.TAKE:
            return answers.confirmed(case, answers.of_operator(case, by), "word") or (
                ev.TakeRequested(by=by),
            )
        case OperatorCommand.CONFIRM_ANSWER:
            return answers.confirmed(case, answers.in_doubt(case), "word")
        case OperatorCommand.ANNOUNCE:
            asked = ev.AnnouncementRequested(what=order.what or announcing.CANNOT_SPEAK, by=by)
            return (*_spoken_with(case, Party.PSAP), asked)
        case OperatorCommand.DECLARE_FALSE_ALARM:
            return (*_spoken_with(case, Party.USER), ev.FalseAlarmDeclared(by=by, text=order.text))
        case OperatorCommand.CALL_PSAP:
            number = psap_number(case, policy)
            return () if number is None else (ev.PsapRequested(by=by, number=number),)
        case OperatorCommand.LEAVE:
            together = case.answered(Party.USER) is not None and case.answered(Party.PSAP) is not None
            together = together and not psap_is_alone(case)
            # Without a briefing she leaves two who are talking.
            who = (Party.PSAP, Party.USER) if case.briefing_at is None else (Party.PSAP,)
            leaving = ev.LeaveRequested(by=by, handed_over=together)
            return (*_spoken_with(case, *who), leaving)
        case OperatorCommand.REDIAL_USER:
            return (ev.RedialRequested(by=by),)
        case OperatorCommand.MARK_MACHINE:
            user = case.active(Party.USER)
            if user is None:
                return ()
            return (
                ev.MachineMarked(by=by),
                ev.LegReleasing(leg=user.leg, attempt=user.attempt, reason=ReleaseReason.MACHINE),
            )
        case OperatorCommand.BRIEFING_GIVEN if on_another_phone(case, policy):
            return _called_elsewhere(case, by)
        case OperatorCommand.BRIEFING_GIVEN:
            return (*_spoken_with(case, Party.PSAP), ev.BriefingGiven(by=by))
        case OperatorCommand.MUTE | OperatorCommand.UNMUTE:
            leg = case.operator_leg
            if leg is None:
                return ()
            kind = ev.LegMuted if order.command is OperatorCommand.MUTE else ev.LegUnmuted
            return (kind(leg=leg.leg, attempt=leg.attempt, by=by),)
        case OperatorCommand.LISTEN:
            return (ev.ListenRequested(by=by),)
        case OperatorCommand.STOP_LISTENING:
            leg = case.listener_leg
            if leg is None:
                return (ev.ListenerLeft(operator=by, reason=ReleaseReason.STOPPED),)
            if not leg.active:
                return ()
            return (ev.LegReleasing(leg=leg.leg, attempt=leg.attempt, reason=ReleaseReason.STOPPED),)
        case OperatorCommand.WHISPER:
            return (ev.WhisperBegun(by=by),)
        case OperatorCommand.STOP_WHISPERING:
            return (ev.WhisperEnded(by=by),)
        case OperatorCommand.WITHHOLD_VOICES:
            return (ev.VoicesWithheld(by=by),)
        case OperatorCommand.GIVE_VOICES:
            return (ev.VoicesGiven(by=by),)
        case OperatorCommand.CLOSE:
            return (ev.CloseRequested(by=by),)
        case OperatorCommand.PUT_AWAY:
            return (ev.CloseRequested(by=by, put_away=True),)
        case OperatorCommand.VOUCH:
            return (ev.AlertVouched(by=by),)
        case OperatorCommand.HAND_OVER:
            return (ev.HandOverRequested(by=by, to=order.to, text=order.text),)
        case OperatorCommand.KEEP:
            return (ev.HandOverEnded(reason="withdrawn"),)
        case OperatorCommand.ANOTHER_LINE:
            return _another_line(case, order)
        case OperatorCommand.SEND_DIGIT:
            leg = case.answered(order.party or Party.PSAP)
            if leg is None:
                return ()
            return (ev.LegDigit(leg=leg.leg, attempt=leg.attempt, digit=order.digit, by=by),)
        case OperatorCommand.CALLED_ELSEWHERE:
            return _called_elsewhere(case, by)
        case OperatorCommand.WITHDRAW_PSAP:
            return (*_hung_up(case, Party.PSAP, ReleaseReason.WITHDRAWN), ev.PsapWithdrawn(by=by))
        case OperatorCommand.CALL_ALOUD:
            return (ev.CallAloudRequested(by=by),)
        case (
            OperatorCommand.REOPEN
            | OperatorCommand.NOTE
            | OperatorCommand.OPEN_PAGE
            | OperatorCommand.WRITE
            | OperatorCommand.WRITE_BY_SMS
            | OperatorCommand.ASK_ALOUD
            | OperatorCommand.ASK_SPOKEN
            | OperatorCommand.ASK_SOFTLY
            | OperatorCommand.HAVE_READ
            | OperatorCommand.BRIEF
        ):
            return ()


def _another_line(case: Case, order: ev.CommandGiven) -> tuple[ev.CaseEvent, ...]:
    """The phone would be busy for a second call: the first is ended, and the rules call again at once."""
    party = order.party or party_without_sound(case)
    leg = leg_of(case, party)
    if leg is None:
        return ()
    ended = hung_up_for(case, leg)
    made: tuple[ev.CaseEvent, ...] = (
        ev.AnotherLineRequested(by=order.by, party=party),
        *(
            ev.LegReleasing(leg=one.leg, attempt=one.attempt, reason=ReleaseReason.ANOTHER_LINE)
            for one in ended
        ),
    )
    # Nobody else is to be called for a case whose operator comes back at once.
    return (*made, ev.TakeRequested(by=order.by)) if case.operator_leg in ended else made


def _called_elsewhere(case: Case, by: OperatorId) -> tuple[ev.CaseEvent, ...]:
    """One call to 112 is enough: what is under way here ends, be it one on which 112 hears nobody."""
    return (*_hung_up(case, Party.PSAP, ReleaseReason.CALLED_ELSEWHERE), ev.PsapCalledElsewhere(by=by))


def _hung_up(case: Case, party: Party, reason: ReleaseReason) -> tuple[ev.CaseEvent, ...]:
    leg = case.active(party)
    return () if leg is None else (ev.LegReleasing(leg=leg.leg, attempt=leg.attempt, reason=reason),)


def _spoken_with(case: Case, *parties: Party) -> tuple[ev.CaseEvent, ...]:
    """That these have answered, where the order says so and it was in doubt."""
    return tuple(made for party in parties for made in answers.confirmed(case, case.answered(party), "word"))
