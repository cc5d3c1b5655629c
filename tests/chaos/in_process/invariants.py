"""What may never be, whatever dies and whatever is lost. Pure: each check names what it finds wrong.

Judged from outside, by the journal and the carrier's own record of its calls, and not by what the actors
think of themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Final

from messages import events as ev
from messages.base import HangupCause, Joins
from messages.ids import (
    E164,
    SECOND,
    Advice,
    AlertId,
    Instant,
    LegId,
    LineId,
    OperatorCommand,
    OperatorId,
    OperatorLine,
    Outcome,
    Party,
    Role,
    TextFailure,
)
from model.alert.case import Case
from model.alert.leg import LINE_FAILURES, alert_of
from model.alert.reasons import ReleaseReason
from model.rules.calls.own_line import own_line
from model.rules.calls.silent_and_duress import is_hushed, is_psap_informed, was_user_on_line
from store import streams
from tests.chaos.in_process.evidence import (
    Attempt,
    CallSeen,
    Evidence,
    Stood,
    attempt_of,
    attempts,
    cases_of,
    folded,
    nailed_up,
    stood,
)

Broken = Iterator[str]
GIVES_WAY_S: Final = 4.0
MOST_EVENTS: Final = 200
ENDS_WITHIN_US: Final = Instant(20 * SECOND)
"""A leg's modem is asked every second; messages are lost, and whoever asks may be frozen for ten."""
DURESS_SEEN_US: Final = Instant(3 * SECOND)
"""A case looks into its inbox every second, and one that is being started again a little later."""


def streams_are_dense(seen: Evidence) -> Broken:
    """Each stream's versions go up by one, and the journal's places grow."""
    last: dict[str, int] = {}
    for one in seen.journal:
        if one.version != last.get(one.stream, 0) + 1:
            yield f"{one.stream}: version {one.version} after {last.get(one.stream, 0)}"
        last[one.stream] = one.version
    for before, after in pairwise(seen.journal):
        if after.seq <= before.seq or after.at_us < before.at_us:
            yield f"the journal goes back at {after.seq}"


def every_alert_folds(seen: Evidence) -> Broken:
    """The story of every alert can be told."""
    try:
        folded(seen.journal)
    except Exception as error:
        yield f"the journal does not fold: {type(error).__name__}: {error}"


def every_alert_is_closed(seen: Evidence) -> Broken:
    """At the end of a run nothing is open any more."""
    for alert, case in folded(seen.journal).items():
        if case.closed_at is None:
            yield f"{alert} is still open"


def outcomes_are_true(seen: Evidence) -> Broken:
    """How an alert is said to have ended is how it ended."""
    for alert, case in folded(seen.journal).items():
        if case.closed_at is None or case.outcome is None:
            continue
        kinds = {type(one.event) for one in cases_of(seen.journal)[alert]}
        if not _fits(case, case.outcome, kinds):
            yield f"{alert}: {case.outcome} is not what happened"
        if any(leg.live for leg in case.legs.values()):
            yield f"{alert}: closed with a leg that is up"


def _fits(case: Case, outcome: Outcome, kinds: set[type[ev.Event]]) -> bool:
    if case.test or outcome is Outcome.TEST_DONE:
        return case.test and outcome is Outcome.TEST_DONE
    match outcome:
        case Outcome.FALSE_ALARM:
            return ev.FalseAlarmDeclared in kinds or (ev.CloseRequested in kinds and case.met_at is not None)
        case Outcome.HANDED_OVER:
            heard = ev.LeaveRequested in kinds or case.to_112.heard_user_at is not None
            return heard and ev.PsapJoined in kinds and bool(kinds & {ev.LeaveRequested, ev.CloseRequested})
        case Outcome.BRIEFED:
            here = ev.PsapJoined in kinds and ev.BriefingGiven in kinds
            return here or ev.PsapCalledElsewhere in kinds
        case Outcome.USER_CALLED_112:
            return ev.CloseRequested in kinds and bool(case.presumed_calling_112)
        case Outcome.NO_CONTACT:
            untold = case.briefing_at is None and case.to_112.heard_user_at is None
            return (
                ev.CloseRequested in kinds
                and untold
                and (is_psap_informed(case) or not was_user_on_line(case))
            )
        case Outcome.CANCELLED:
            return case.cancelled and not case.duress
        case Outcome.PUT_AWAY:
            return ev.CloseRequested in kinds and not was_user_on_line(case) and not is_psap_informed(case)


def reached_or_advised(seen: Evidence) -> Broken:
    """By the deadline the user is reached, or the app told to call 112, or the alert is closed."""
    for alert, events in cases_of(seen.journal).items():
        case = folded(events)[alert]
        advised = next(
            (
                one.at_us
                for one in events
                if isinstance(one.event, ev.AdviceChanged) and one.event.advice is Advice.CALL_112_NOW
            ),
            None,
        )
        closed = next((one.at_us for one in events if isinstance(one.event, ev.AlertClosed)), None)
        over = [at for at in (case.met_at, advised, closed) if at is not None]
        by = case.deadline_at + seen.slack.get(alert, 0)
        if not over or min(over) > by:
            late = "never" if not over else f"{(min(over) - case.deadline_at) / SECOND:.3f} s late"
            yield f"{alert}: neither reached nor advised by the deadline ({late})"


def no_call_is_dropped(seen: Evidence) -> Broken:
    """A call with somebody on it is ended by us only when the journal has decided so, or the line failed.

    The line has also failed where its leg was given up because nothing was heard of it for too long.
    """
    tried, shifts = attempts(seen.journal), nailed_up(seen.journal)
    for call in seen.calls:
        if call.answered is None or call.ended is None or not call.ended_by_us:
            continue
        shift = stood(call, shifts)
        if shift is not None:
            if (leg := _on(shift, tried, call.ended)) is not None and not seen.failed_at(
                call.line, call.ended
            ):
                yield f"call {call.number} to {call.to}: hung up, and {leg} stands on it"
            continue
        one = attempt_of(call, tried)
        if one is None:
            yield f"call {call.number} to {call.to}: hung up, and no leg of anybody's"
        elif not _decided(one, call.ended) and not seen.failed_at(call.line, call.ended):
            yield f"call {call.number} to {call.to}: hung up, and {one.leg}#{one.begun.attempt} goes on"


def _on(shift: Stood, tried: list[Attempt], at: Instant) -> LegId | None:
    """The leg that stands on the operator's line at that moment, and is to go on."""
    own = own_line(shift.operator, OperatorLine.NAILED_UP)
    for one in tried:
        # One that is told at once that it is gone has never stood there.
        if one.begun.line == own and one.answered is not None and one.answered <= at:
            ended = [when for when in (one.releasing, one.released) if when is not None]
            if not ended or min(ended) > at:
                return one.leg
    return None


def _decided(one: Attempt, at: Instant) -> bool:
    if one.releasing is not None and one.releasing <= at:
        return True
    # Taken by accident when others were put on hold, she is declined as any second caller, and called back.
    causes = (HangupCause.LINE_LOST, HangupCause.LINE_TAKEN)
    return one.released is not None and one.released <= at and one.cause in causes


def nobody_is_called_twice(seen: Evidence) -> Broken:
    """No two calls of ours to one number are there at the same time, unless the first one's line failed.

    A test gives way to a real alert of the same phone, in a moment.
    """
    ours = [call for call in seen.calls if call.ours]
    tests, tried = (
        {alert for alert, case in folded(seen.journal).items() if case.test},
        attempts(seen.journal),
    )

    def of_test(call: CallSeen) -> bool:
        one = attempt_of(call, tried)
        return one is not None and one.alert in tests

    def of_psap(call: CallSeen) -> bool:
        one = attempt_of(call, tried)
        return one is not None and one.begun.party is Party.PSAP

    shifts = nailed_up(seen.journal)
    for i, one in enumerate(ours):
        for other in ours[i + 1 :]:
            if one.to != other.to or not one.overlaps(other) or of_psap(one):
                continue
            if (stood(one, shifts) is None) != (stood(other, shifts) is None):
                # An alert that finds her own line gone calls her phone; the other call is let go then.
                continue
            for_s = (min(one.ended or seen.until, other.ended or seen.until) - other.started) / SECOND
            gives_way = for_s <= GIVES_WAY_S and of_test(one) != of_test(other)
            if not seen.failed_at(one.line, other.started) and not gives_way:
                yield f"{one.to} is called on {one.line} and on {other.line} at the same time"


def psap_is_called_once(seen: Evidence) -> Broken:
    """A request makes one call to 112 at a time, and no call after one that was up, except after a failed
    line.
    """
    tried = attempts(seen.journal)
    by_alert: dict[AlertId, list[tuple[CallSeen, Attempt]]] = {}
    for call in seen.calls:
        if not call.ours or call.to not in seen.psaps:
            continue
        one = attempt_of(call, tried)
        if one is None or one.begun.party is not Party.PSAP:
            yield f"call {call.number}: {call.to} is dialled, and nobody has asked for it"
            continue
        by_alert.setdefault(one.alert, []).append((call, one))
    for alert, found in by_alert.items():
        asked = [
            one.at_us for one in cases_of(seen.journal)[alert] if isinstance(one.event, ev.PsapRequested)
        ]
        for i, (before, attempt) in enumerate(found):
            for after, later in found[i + 1 :]:
                yield from _dialled_again(seen, alert, asked, (before, attempt), (after, later))


def _dialled_again(
    seen: Evidence,
    alert: AlertId,
    asked: list[Instant],
    before: tuple[CallSeen, Attempt],
    after: tuple[CallSeen, Attempt],
) -> Broken:
    (first, attempt), (second, later) = before, after
    if (attempt.leg, attempt.begun.attempt) == (later.leg, later.begun.attempt):
        if not _ended_unheard(seen, first, second):
            yield f"{alert}: 112 is dialled twice in one attempt"
        return
    if seen.failed_at(first.line, second.started) or seen.failed_at(
        first.line, first.ended or second.started
    ):
        return
    if first.overlaps(second):
        yield f"{alert}: 112 is called on {first.line} and on {second.line} at the same time"
    same_request = not any(attempt.at < at <= later.at for at in asked)
    moved = attempt.reason == ReleaseReason.ANOTHER_LINE  # where it was, nobody could be joined with it
    if same_request and attempt.answered is not None and attempt.cause not in LINE_FAILURES and not moved:
        yield f"{alert}: 112 is dialled again, and has been on the line for this request"


def _ended_unheard(seen: Evidence, first: CallSeen, second: CallSeen) -> bool:
    """Whether the first call was over, nobody had answered it, and the line's process died meanwhile: where
    the leg dies too, nothing in the center can know that it ever was.
    """
    died = any(
        (one.role, one.key) == (Role.GSM_MODEM, first.line) and first.started < one.at_us <= second.started
        for one in seen.ended
    )
    over = first.ended is not None and first.ended <= second.started
    return died and over and first.answered is None


def tests_never_reach_a_psap(seen: Evidence) -> Broken:
    """Case 20."""
    cases = folded(seen.journal)
    tried = attempts(seen.journal)
    for call in seen.calls:
        one = attempt_of(call, tried) if call.ours and call.to in seen.psaps else None
        if one is not None and cases[one.alert].test:
            yield f"{one.alert} is a test, and calls {call.to}"


def duress_is_heeded(seen: Evidence) -> Broken:
    """Once the duress PIN was given the user's phone is not made to ring any more."""
    for alert, events in cases_of(seen.journal).items():
        at = next(
            (one.at_us for one in events if isinstance(one.event, ev.AlertCancelled) and one.event.duress),
            None,
        )
        if at is None:
            continue
        for one in attempts(events):
            if one.begun.party is Party.USER and one.begun.call is None and one.at > at + DURESS_SEEN_US:
                yield f"{alert}: she is called {(one.at - at) / SECOND:.1f} s after the duress PIN"


def silence_is_kept(seen: Evidence) -> Broken:
    """No call of the center makes the phone of a silent alert ring, except by an operator's order.

    A signal that joins under an alias proves nothing about the alert, and does not silence the phone.
    """
    for alert, events in cases_of(seen.journal).items():
        since: Instant | None = None
        for one in events:
            match one.event:
                case ev.AlertReceived(silent=True) | ev.AlertSignalAdded(silent=True, alias=""):
                    since = one.at_us if since is None else since
                case ev.CallAloudRequested():
                    break
                case ev.LegOriginating(party=Party.USER, call=None) if since is not None:
                    # A worker that is struck reads its inbox when it is there again.
                    if one.at_us > since + DURESS_SEEN_US:
                        yield f"{alert}: is silent, and the user is called"
                case _:
                    pass


def nobody_is_given_up_early(seen: Evidence) -> Broken:
    """An alert is closed without contact only when the user was called in vain, or has no number; one that is
    silent or under duress by a supervisor, too, who need not have called first; and one with which nobody
    could begin before its deadline, at which the app dials 112 itself.
    """
    for alert, events in cases_of(seen.journal).items():
        case = folded(events)[alert]
        if case.outcome is not Outcome.NO_CONTACT or case.phone is None:
            continue
        tried = [one for one in attempts(events) if one.begun.party is Party.USER]
        ordered = (is_hushed(case) or case.duress) and any(
            isinstance(one.event, ev.CommandGiven)
            and one.event.command is OperatorCommand.CLOSE
            and one.event.supervisor
            for one in events
        )
        left_to_app = not case.legs and case.missed_at is not None
        if not tried and not ordered and not left_to_app:
            yield f"{alert}: closed without contact, and the user was never called"


def a_case_changes_hands_in_the_conference(seen: Evidence) -> Broken:
    """Whoever hands it over is let go when another one has it and is in the conversation, not before."""
    for alert, events in cases_of(seen.journal).items():
        for n, one in enumerate(events):
            if not isinstance(one.event, ev.LegReleasing) or one.event.reason != ReleaseReason.HANDED_OVER:
                continue
            case = folded(events[: n + 1])[alert]
            present = case.operator_leg
            if present is None or not present.joined or present.leg == one.event.leg:
                yield f"{alert}: {one.event.leg} is let go, and nobody is there instead"


def operators_have_one_alert(seen: Evidence) -> Broken:
    """Nobody is reserved for two alerts at once."""
    held: dict[OperatorId, AlertId] = {}
    for one in seen.journal:
        alert = AlertId(one.stream.partition("-")[2])
        match one.event:
            case ev.OperatorReserved(operator=operator) if one.stream.startswith("alert-"):
                if held.get(operator, alert) != alert:
                    yield f"{operator} is reserved for {alert} and is {held[operator]}'s"
                held[operator] = alert
            case ev.OperatorLeft(operator=operator) | ev.OperatorNotAnswering(operator=operator):
                if held.get(operator) == alert:
                    del held[operator]
            case ev.AlertClosed():
                for operator in [name for name, whose in held.items() if whose == alert]:
                    del held[operator]
            case _:
                pass
    for operator, alert in held.items():
        yield f"{operator} is still reserved for {alert}"


def lines_have_legs_of_one_alert(seen: Evidence) -> Broken:
    """No line is seized while another's attempt is on it, but for the same alert where it joins its calls."""
    held: dict[LineId, dict[LegId, int]] = {}
    for one in seen.journal:
        match one.event:
            case ev.LegOriginating(line=line, leg=leg, attempt=attempt, call=call, joins=joins):
                on_it = held.setdefault(line, {})
                for other, which in on_it.items():
                    beside = alert_of(other) == alert_of(leg) and joins is Joins.NETWORK
                    if call is None and not beside:
                        yield f"{line} is seized for {leg}#{attempt} and is {other}#{which}'s"
                on_it[leg] = attempt
            case ev.LineSeized(line=line, operator=str(), leg=leg, attempt=attempt):
                on_it = held.setdefault(line, {})
                for other, which in on_it.items():
                    if leg and other != leg:
                        yield f"{line} is nailed up and is {other}#{which}'s"
                on_it.clear()
                if leg:
                    on_it[leg] = attempt
            case ev.LegReleased(leg=leg, attempt=attempt):
                for on_it in held.values():
                    if on_it.get(leg) == attempt:
                        del on_it[leg]
            case _:
                pass
    for line, on_it in held.items():
        yield from (f"{line} is still {leg}#{attempt}'s" for leg, attempt in on_it.items())


def one_owner_at_a_time(seen: Evidence) -> Broken:
    """Each AlertCase that takes an alert is later than the last of its worker; a closed alert stays closed
    unless it is reopened.
    """
    for alert, events in cases_of(seen.journal).items():
        newest: dict[str, int] = {}
        closed = False
        for one in events:
            if closed and one.stream.startswith("alert-"):
                yield f"{alert}: {type(one.event).__name__} after its end"
            match one.event:
                case ev.CaseOpened(worker=worker, incarnation=incarnation):
                    if incarnation <= newest.get(worker, 0):
                        yield f"{alert}: opened by {worker}/{incarnation} after {worker}/{newest[worker]}"
                    newest[worker] = incarnation
                case ev.CaseReturned():
                    newest = {}  # any worker may take it up, the same one too
                case ev.AlertClosed():
                    closed = True
                case ev.AlertReopened():
                    closed, newest = False, {}
                case _:
                    pass


def everybody_is_free(seen: Evidence) -> Broken:
    """At the end all phones are on hook, and nobody of the center has anything to do."""
    yield from (f"{who} is in a call at the end" for who in seen.offhook)
    yield from (f"{who} is busy at the end" for who in seen.busy)


def one_event_is_one_alert(seen: Evidence) -> Broken:
    """No two alerts of one number are open at the same time, except a real alert beside a test."""
    open_now: dict[str, AlertId] = {}
    phones: dict[AlertId, E164] = {}
    for one in seen.journal:
        alert = AlertId(one.stream.partition("-")[2])
        match one.event:
            case ev.AlertReopened() if alert in phones:
                if phones[alert] in open_now:
                    yield f"{alert} is reopened beside {open_now[phones[alert]]}, of the same number"
                open_now[phones[alert]] = alert
            case ev.AlertReceived(phone=phone, test=False) if phone is not None:
                phones[alert] = phone
                if phone in open_now:
                    yield f"{alert} and {open_now[phone]} are both {phone}'s"
                open_now[phone] = alert
            case ev.AlertClosed():
                for phone in [name for name, whose in open_now.items() if whose == alert]:
                    del open_now[phone]
            case _:
                pass


def an_alert_writes_little(seen: Evidence) -> Broken:
    """Whatever refuses, and however often: at most 200 events in any minute (decision 44)."""
    for alert, events in cases_of(seen.journal).items():
        at = [one.at_us for one in events]
        first = 0
        for n, now in enumerate(at):
            while at[first] <= now - 60 * SECOND:
                first += 1
            if n - first >= MOST_EVENTS:
                yield f"{alert}: more than {MOST_EVENTS} events within a minute"
                break


def no_call_is_nobodys(seen: Evidence) -> Broken:
    """A call that a modem of ours holds is a leg's or a shift's, or ends: soon after what it was for."""
    tried, shifts = attempts(seen.journal), nailed_up(seen.journal)
    for call in seen.calls:
        if call.line is None or not call.ours or stood(call, shifts) is not None:
            continue
        ended = call.ended or seen.until
        one = attempt_of(call, tried)
        since = call.started if one is None else _last_released(one, call, tried)
        if since is None or ended - since <= ENDS_WITHIN_US or _is_struck(seen, call.line, since, ended):
            continue
        yield f"call {call.number} to {call.to} on {call.line}: nobody's for {(ended - since) / SECOND:.1f} s"


def a_text_leaves_once_and_ends(seen: Evidence) -> Broken:
    """A short message is sent at most once, by one line, and what is said to have become of it is true."""
    for text, times in seen.texts.items():
        story = [one.event for one in seen.journal if one.stream == streams.text(text)]
        began = sum(isinstance(one, ev.TextSending) for one in story)
        ends = [one for one in story if isinstance(one, ev.TextSent | ev.TextFailed)]
        if times > 1 or began > 1 or len(ends) != 1:
            yield f"{text}: taken {times} times, begun {began} times, ended {len(ends)} times"
        elif isinstance(ends[0], ev.TextSent) and not times:
            yield f"{text}: was not sent"
        elif isinstance(ends[0], ev.TextFailed) and ends[0].cause is TextFailure.TOO_LATE and times:
            yield f"{text}: was sent"


def _last_released(one: Attempt, call: CallSeen, tried: list[Attempt]) -> Instant | None:
    """When the last attempt that had this call was over; None while one has it. A later attempt of the leg on
    this line may have taken it over.
    """
    took_over = [
        other
        for other in tried
        if (other.leg, other.begun.line) == (one.leg, call.line)
        and other.at >= one.at
        and (call.ended is None or other.at <= call.ended)
    ]
    ends = [other.released for other in took_over]
    return None if None in ends else max(end for end in ends if end is not None)


def _is_struck(seen: Evidence, line: LineId, since: Instant, until: Instant) -> bool:
    """Whether the line, or its process, was struck meanwhile: who cannot be spoken to ends nothing."""
    faults = seen.failed.get(line, ())
    killed = any(one.key == line and since - ENDS_WITHIN_US <= one.at_us <= until for one in seen.ended)
    return killed or any(begin <= until and since <= end for begin, end in faults)


CHECKS: Final[tuple[Callable[[Evidence], Broken], ...]] = (
    streams_are_dense,
    every_alert_folds,
    outcomes_are_true,
    no_call_is_dropped,
    nobody_is_called_twice,
    psap_is_called_once,
    tests_never_reach_a_psap,
    duress_is_heeded,
    silence_is_kept,
    nobody_is_given_up_early,
    a_case_changes_hands_in_the_conference,
    one_owner_at_a_time,
    one_event_is_one_alert,
    every_alert_is_closed,
    reached_or_advised,
    operators_have_one_alert,
    lines_have_legs_of_one_alert,
    everybody_is_free,
    an_alert_writes_little,
    no_call_is_nobodys,
    a_text_leaves_once_and_ends,
)
"""All of them look back over the whole run: the journal and the carrier keep the time of everything."""


def broken(seen: Evidence) -> list[str]:
    """Everything that is wrong at the end; empty where all is well."""
    return [f"{check.__name__}: {fault}" for check in CHECKS for fault in check(seen)]
