"""Decider of one alert: (state, reports, offers, now) → (events, requests, time of the next run).

The rules are listed below in the order of their evaluation; rules of a few lines stand here. Each rule reads
the whole state and returns the actions that are due, so the same rules serve a running case and a case that
is resumed. No clock, no I/O, no Thespian.

The center's alarms of an alert follow from its state alone. An AlertCase that takes over the alert raises its
active alarms again: the alarms of a node end when the node starts. A test raises no alarm.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import msgspec
from msgspec.structs import replace

from actors.alert_case.pending import NOTHING, Decided, OfferRequest, PendingOffers, Step, join
from actors.alert_case.reports import CaseReport, events_of_report
from actors.alert_case.rules.another_line import call_again_on_one_line, let_go_of_line
from actors.alert_case.rules.callback import answer_inbound_call, call_user, watch_callback
from actors.alert_case.rules.emergency import call_psap
from actors.alert_case.rules.ending import end, finish_check, is_waited_out
from actors.alert_case.rules.find_operator import find_operator, keep_operator, relieve
from actors.alert_case.rules.inbox import read_inbox
from actors.alert_case.rules.listening import attend_listener
from actors.alert_case.rules.returned import take_back_operator
from actors.alert_case.rules.sound import watch_sound
from messages import events as ev
from messages.bridge import BridgeReport
from messages.cases import Identify
from messages.ids import SECOND, Instant, OperatorCommand, OperatorLine, Party
from messages.lines import Lack
from model.alarms.active import NO_LINE_FOR_112, Alarm, Key, alarm_changes, with_cleared_alarms
from model.alert.case import Case
from model.alert.evolve import apply
from model.alert.parts import Owner
from model.rules.calls.attempts import lines_fail
from model.rules.messages.message_channel import NEVER, lost_at, pending_sms
from model.settings import Settings
from model.telling.contacts import must_notify_contacts

NO_LINE_TO_OPERATOR: Final = "alert.no_operator_line"
BROKEN: Final = "ended_soon_after_leave"
_WHY: Final = {
    Lack.NONE: "no line for this call is configured",
    Lack.OUT_OF_USE: "no line for this call is in service",
    Lack.TAKEN: "all lines for this call are in use",
    Lack.FAILING: "the calls fail on every line",
    Lack.GUARDED: "the dial guard blocks the number",
}


def alarms(before: Case, after: Case) -> list[Alarm]:
    """Return the alarms to raise and to clear for the step from one state to the next."""
    was, now = _standing(before), _standing(after)
    # A new owner has raised no alarm yet, and clears those of the previous owner.
    told = was if before.owner == after.owner else dict.fromkeys(was, "")
    return alarm_changes(told, with_cleared_alarms(now, was), reworded=True)


def _standing(case: Case) -> dict[Key, str]:
    if case.closed_at is not None or case.test:
        return {}
    standing: dict[Key, str] = {}
    if case.to_112.no_line:
        why = _WHY[Lack(case.to_112.no_line)]
        standing[NO_LINE_FOR_112, case.alert] = f"112 is requested for an alert and is not called: {why}."
    if lines_fail(case, Party.OPERATOR) and case.operator is None and not case.leaving:
        standing[NO_LINE_TO_OPERATOR, case.alert] = (
            "No operator can be called for an alert: the calls fail on every line."
        )
    if case.leave.broken_at is not None:
        who = "The user's call" if case.leave.broken_party is Party.USER else "The call to 112"
        standing[BROKEN, case.alert] = (
            f"{who} ended or was cut off soon after the operator left the conference."
        )
    return standing


def write_by_sms(case: Case, _pending: PendingOffers, settings: Settings, now_us: Instant) -> Step:
    """Send each message once, in order; wake when the next undelivered message is due."""
    due = pending_sms(case, settings, now_us)
    if due:
        return Step(events=tuple(ev.DialogueTexted(number=one.number) for one in due))
    wake_at = lost_at(case)
    return Step(wake_at=wake_at) if now_us < wake_at < NEVER else NOTHING


def tell_contacts(case: Case, _pending: PendingOffers, settings: Settings, _now_us: Instant) -> Step:
    """Notify the contacts once 112 is informed; `store.alerts.texting` adds the contacts when it writes the
    event.
    """
    return Step(events=(ev.ContactsTexted(),)) if must_notify_contacts(case, settings) else NOTHING


SETTLE_US: Final = Instant(SECOND // 10)
"""Longest wait of a new alert for its first answers, so that one barrier serves them all, in microseconds."""
_ROUNDS: Final = 50


def identify(case: Case, pending: PendingOffers, _settings: Settings, _now_us: Instant) -> Step:
    """Identify the user. No other rule waits for the answer, except for a moment at the start."""
    if case.identified:
        return NOTHING
    known = pending.identity
    if known is None:
        return Step(wants=(Identify(alert=case.alert, phone=case.phone, device=case.device),))
    if known.user is None:
        return Step(events=(ev.UserUnknown(),))
    identified = ev.UserIdentified(
        user=known.user, phone=known.phone, language=known.language, tells=known.tells
    )
    return Step(events=(identified,))


Rule = Callable[[Case, PendingOffers, Settings, Instant], Step]
RULES: Final[tuple[Rule, ...]] = (
    read_inbox,
    let_go_of_line,
    identify,
    relieve,
    keep_operator,
    call_again_on_one_line,
    end,
    take_back_operator,
    find_operator,
    answer_inbound_call,
    watch_callback,
    call_user,
    call_psap,
    tell_contacts,
    attend_listener,
    watch_sound,
    write_by_sms,
)
CHECK_RULES: Final[tuple[Rule, ...]] = (
    read_inbox,
    let_go_of_line,
    end,
    finish_check,
    identify,
    watch_callback,
    call_user,
)
"""Rules of a check: no operator is called."""
WAITED_OUT_RULES: Final[tuple[Rule, ...]] = (read_inbox, let_go_of_line, end)
"""Rules of a test that found no operator in time: calls are ended, and no party is dialled."""


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """Result of one run of all rules."""

    case: Case
    """State with the events applied, as of their append to the journal."""
    pending: PendingOffers
    events: tuple[Decided, ...] = ()
    wants: tuple[OfferRequest, ...] = ()
    wake_at: Instant | None = None


def decide(
    case: Case,
    heard: tuple[CaseReport, ...],
    pending: PendingOffers,
    me: Owner,
    settings: Settings,
    now_us: Instant,
) -> Decision:
    """Return everything that follows from the reports and the time; no request is sent."""
    events: list[Decided] = []
    before = case
    if case.owner != me:
        waiting = _settling(case, pending, settings, now_us)
        if waiting is not None:
            return Decision(case=case, pending=pending, wants=waiting.wants, wake_at=waiting.wake_at)
        opened = ev.CaseOpened(node=me.node, worker=me.worker, incarnation=me.incarnation)
        events.append(opened)
        case = apply(case, opened, now_us)
    for said in heard:
        if isinstance(said, BridgeReport):
            pending = replace(pending, sounds=pending.sounds.after(said, now_us))
        for reported in events_of_report(case, said, settings, now_us):
            events.append(reported)
            case = apply(case, reported, now_us)
    for _ in range(_ROUNDS):
        step = NOTHING if case.closed_at is not None else _first_with_events(case, pending, settings, now_us)
        if not step.events:
            events += alarms(before, case)
            return Decision(
                case=case, pending=pending, events=tuple(events), wants=step.wants, wake_at=step.wake_at
            )
        for event in step.events:
            events.append(event)
            case, pending = apply(case, event, now_us), pending.used(event)
    raise AssertionError(f"the rules of {case.alert} do not come to rest: {events[-3:]}")


def _first_with_events(case: Case, pending: PendingOffers, settings: Settings, now_us: Instant) -> Step:
    """Return the step of the first rule that makes events; else the joined requests and wake-ups of all
    rules.
    """
    steps: list[Step] = []
    for rule in _rules(case, now_us):
        step = rule(case, pending, settings, now_us)
        if step.events:
            return step
        steps.append(step)
    return join(*steps)


def _rules(case: Case, now_us: Instant) -> tuple[Rule, ...]:
    if case.check is not None:
        return CHECK_RULES
    return WAITED_OUT_RULES if is_waited_out(case, now_us) else RULES


def _to_be_closed(case: Case) -> bool:
    """Return True if an operator closes the alert before its start: no request is needed."""
    return any(
        isinstance(entry.event, ev.CommandGiven) and entry.event.command is OperatorCommand.CLOSE
        for entry in case.unread
    )


def _settling(case: Case, pending: PendingOffers, settings: Settings, now_us: Instant) -> Step | None:
    """Return the requests of a new alert's first moment, which are sent together and awaited for
    `SETTLE_US`.
    """
    until = Instant(pending.opened_at + SETTLE_US)
    if case.check is not None:
        return None
    if case.owner is not None or case.inbound_call or now_us >= until or _to_be_closed(case):
        return None
    # The line first: the TrunkPool takes longest.
    wants = join(
        find_operator(case, pending, settings, now_us), identify(case, pending, settings, now_us)
    ).wants
    lines = bool(pending.lines or pending.refused) or settings.operator.line is not OperatorLine.ON_DEMAND
    answered = pending.identity is not None and pending.on_shift is not None and lines
    return None if answered else Step(wants=wants, wake_at=until)
