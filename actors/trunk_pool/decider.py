"""Choice of the line to grant: the emergency trunk for 112 alone, public lines kept for inbound
calls. Pure.

A grant reserves nothing; for a moment the pool only avoids granting the line twice. The line is assigned to a
leg by the append at the version granted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Final

import msgspec

from actors.trunk_pool.lines import Line, last_resort, serves, usable, with_lack
from messages.base import Joins
from messages.ids import SECOND, AlertId, Instant, LegId, LineId, NodeId, Party
from messages.lines import WEAK_DBM, LineGranted, LineRefused, LineState, RequestLine
from model.rules.calls.joining import LineToJoin
from model.rules.calls.pairs import LinePairs, lines_needed
from model.rules.deadline import Urgency, urgency
from model.rules.proof import PROVED
from model.settings import Settings
from model.settings.lines import Modem

GRANTED_FOR_US: Final = Instant(3 * SECOND // 2)
LEFT_TO_ALERTS: Final = 2
LEFT_TO_THE_NEXT: Final = 1
"""Number of free lines to leave when a person on duty is called and no alert is open."""
WAITS_US: Final = Instant(3 * SECOND)
"""Validity of a request, in microseconds; cases repeat theirs every second."""


class Granted(msgspec.Struct, frozen=True, kw_only=True):
    """Last grant of a line."""

    leg: LegId
    at: Instant
    alert: AlertId | None = None
    party: Party | None = None
    nailed_up: bool = False


Held = Mapping[LineId, Granted]
NO_PAIRS: Final = LinePairs()
_FIRST: Final = {Party.PSAP: 0, Party.USER: 1, Party.OPERATOR: 2, Party.LISTENER: 3}
"""Order of service by party: a begun alert is completed before another is begun."""


def used(held: Held, line: LineId, leg: LegId) -> dict[LineId, Granted]:
    """Return the grants once this leg has seized the line: from then on the journal shows the owner."""
    granted = held.get(line)
    if granted is None or granted.leg != leg:
        return dict(held)
    return {other: one for other, one in held.items() if other != line}


class WaitingLeg(msgspec.Struct, frozen=True, kw_only=True):
    """Request that is waiting."""

    request: RequestLine
    asked_at: Instant


def order(waiting: Iterable[WaitingLeg], now_us: Instant, settings: Settings) -> list[WaitingLeg]:
    """Return the valid requests in the order of service: first by the party called, then by urgency.

    Alerts come first, vouched ones before others, then tests, then lines for shifts and people on duty.
    """

    def key(one: WaitingLeg) -> tuple[bool, bool, bool, int, Urgency, LegId]:
        request = one.request
        rank = urgency(request.test, request.rank, request.deadline_at, now_us, settings)
        last = request.operator is not None or request.callout is not None
        return (last, request.test, request.rank != PROVED, _FIRST[request.party], rank, request.leg)

    return sorted((one for one in waiting if now_us - one.asked_at <= WAITS_US), key=key)


def served_with(asks: tuple[LegId, int], waiting: Sequence[WaitingLeg]) -> list[WaitingLeg]:
    """Return this request and the requests that have priority over it for any line, in order."""

    def before(one: RequestLine) -> tuple[bool, bool, bool]:
        return (one.operator is not None or one.callout is not None, one.test, one.rank != PROVED)

    own = next((one for one in waiting if (one.request.leg, one.request.attempt) == asks), None)
    if own is None:
        return []
    return [one for one in waiting if one is own or before(one.request) < before(own.request)]


def grant(
    request: RequestLine,
    lines: Iterable[Line],
    held: Held,
    settings: Settings,
    now_us: Instant,
    pairs: LinePairs = NO_PAIRS,
    beside: LineToJoin | None = None,
    *,
    hung_up: bool = False,
    alerts: bool = False,
) -> LineGranted | LineRefused:
    """Return the line for this request, or the reason for its refusal.

    `beside`: the call that the party must join. `hung_up`: the leg's last call was meant to end, and is not
    taken back if its modem still has it. `alerts`: an alert is open or waits for a line. A line of a draining
    node is granted only for a call that a user needs, and only if no other line is free.
    """
    lines = list(lines)
    staying = [one for one in lines if not one.drained]
    choose = partial(
        _grant, held=held, settings=settings, now_us=now_us, pairs=pairs, beside=beside, alerts=alerts
    )
    answer = choose(request, staying, hung_up=hung_up)
    if isinstance(answer, LineGranted) or len(staying) == len(lines) or yields(request) or request.held:
        return answer
    last = choose(request, lines, hung_up=hung_up)
    return last if isinstance(last, LineGranted) else answer


def _grant(
    request: RequestLine,
    lines: Sequence[Line],
    *,
    held: Held,
    settings: Settings,
    now_us: Instant,
    pairs: LinePairs,
    beside: LineToJoin | None,
    hung_up: bool,
    alerts: bool,
) -> LineGranted | LineRefused:
    if request.callout is not None:
        return _to_duty(request, lines, held, settings, now_us, alerts=alerts)
    if not hung_up and (kept_up := _still_there(request, lines, now_us)) is not None:
        return _granted(request, kept_up)
    if request.held:
        return LineRefused(leg=request.leg, attempt=request.attempt, reason="no line holds this call")
    group = [one for one in lines if one.emergency == request.emergency]
    if request.emergency:
        return _reserved(request, lines, held, settings, now_us)
    if (beside is not None and beside.joins is not Joins.HOST) or request.party is Party.PSAP:
        return _added(request, group, held, now_us, beside)
    kept = kept_for_inbound(group, settings)
    group = [one for one in group if one.line not in kept]
    host = [one for one in group if one.joins is Joins.HOST]
    network = [one for one in group if one.joins is Joins.NETWORK]
    if request.party is Party.LISTENER or request.operator is not None:
        # All parties would hear a listener on a line that joins in the network, and none a shift's call.
        network = []
    # A party on a line with voice cannot be joined while all such lines are taken by waiting alerts. Such a
    # party is therefore called again on the line of a party that answers in the network.
    least = 2 if network and beside is None else 1
    with_voice = _of_group(request, host, held, settings, now_us, pairs, least=least)
    if isinstance(with_voice, LineGranted) or not network or (beside is not None and beside.stays):
        return with_voice
    return _of_group(request, network, held, settings, now_us, NO_PAIRS)


def _to_duty(
    request: RequestLine,
    lines: Iterable[Line],
    held: Held,
    settings: Settings,
    now_us: Instant,
    *,
    alerts: bool,
) -> LineGranted | LineRefused:
    """Grant a public line with voice, if enough others stay free: one, or two while an alert is open.

    Never a line that is kept for inbound calls, and never a line to avoid: that line may be the very fault.
    """
    public = [one for one in lines if not one.emergency]
    kept = kept_for_inbound(public, settings)
    free = [one for one in public if one.line not in kept and is_free(one, request.leg, held, now_us)]
    fit = [one for one in free if one.joins is Joins.HOST and one.line not in request.avoid]
    if not fit:
        return LineRefused(leg=request.leg, attempt=request.attempt, reason="no suitable line is free")
    if len(free) <= (LEFT_TO_ALERTS if alerts else LEFT_TO_THE_NEXT):
        reason = "the free lines are kept for alerts"
        return LineRefused(leg=request.leg, attempt=request.attempt, reason=reason)
    return _granted(request, min(fit, key=lambda one: _rank(one, request)))


def _reserved(
    request: RequestLine, lines: Sequence[Line], held: Held, settings: Settings, now_us: Instant
) -> LineGranted | LineRefused:
    """Grant a line of the emergency trunk; if none is left and the settings allow, a public line."""
    group = [one for one in lines if one.emergency]
    answer = _of_group(request, group, held, settings, now_us, NO_PAIRS)
    comes = preempted(request, lines)
    if isinstance(answer, LineGranted) or (comes is not None and usable(comes, now_us)):
        return answer
    answer = with_lack(answer, request, group, now_us)
    others = last_resort(request, lines, settings) if answer.lack is not None else []
    free = [one for one in others if is_free(one, request.leg, held, now_us)]
    return _granted(request, min(free, key=lambda one: _rank(one, request))) if free else answer


def _still_there(request: RequestLine, lines: Iterable[Line], now_us: Instant) -> Line | None:
    """Return the line that still has this leg's call, abandoned while its node was unreachable.

    The place of an operator may have another operator by now; a request for the former call has `held` set.
    """
    if request.party is Party.OPERATOR and not request.held:
        return None
    for one in lines:
        if one.report is not None and request.leg in one.report.legs and one.seized_by is None:
            return one if usable(one, now_us) else None
    return None


def _added(
    request: RequestLine, group: Iterable[Line], held: Held, now_us: Instant, beside: LineToJoin | None
) -> LineGranted | LineRefused:
    """Grant the line of the alert's other parties: its modem joins the calls in the network."""
    reason = "no party is on a line that joins calls in the network"
    for one in group:
        if beside is None or one.line != beside.line or one.joins is not Joins.NETWORK:
            continue
        if request.party is Party.LISTENER:
            reason = "the other parties would hear a listener on this line"
        elif (
            one.alert != request.alert
            or not usable(one, now_us)
            or _granted_elsewhere(one, request.leg, held, now_us)
        ):
            reason = "the line that joins this alert cannot be used"
        elif one.setting_up:
            reason = "the line that joins this alert is setting up a call"
        else:
            return _granted(request, one)
    return LineRefused(leg=request.leg, attempt=request.attempt, reason=reason)


def _of_group(
    request: RequestLine,
    group: Sequence[Line],
    held: Held,
    settings: Settings,
    now_us: Instant,
    pairs: LinePairs,
    *,
    least: int = 1,
) -> LineGranted | LineRefused:
    """Grant a free line of the group. `least`: number of lines needed for anything to begin on them."""
    free = [one for one in group if is_free(one, request.leg, held, now_us)]
    if request.operator is not None and (why := _too_many_nailed_up(request, group, held, now_us)):
        return LineRefused(leg=request.leg, attempt=request.attempt, reason=why)
    # A small center tests with its last two lines.
    kept = min(settings.limits.lines_kept_from_tests, max(len(group) - 2, 0)) if request.test else 0
    # A center with a single line left begins an alert nevertheless. An occupied line counts even if its
    # modem's process is dead: its alert waits for a free line.
    there = sum(serves(one, now_us) or one.seized_by is not None for one in group)
    needed = _needed(request, group, pairs)
    least = min(needed, max(least, there))
    # A line that sends a text is free before the party called first has answered.
    soon = sum(serves(one, now_us) and _sends_text(one) for one in group)
    # A test whose user could not be called any more would end as a missed deadline: it does not begin.
    if len(free) < kept + (needed if kept else 1) or len(free) + soon < least:
        return LineRefused(leg=request.leg, attempt=request.attempt, reason=_why(request, group, free))
    return _granted(request, min(free, key=lambda one: _rank(one, request)))


def _sends_text(one: Line) -> bool:
    return one.seized_by is None and one.report is not None and one.report.sends_text


def _needed(request: RequestLine, group: Iterable[Line], pairs: LinePairs) -> int:
    """Return the number of free lines needed: one serves two parties that the network joins."""
    return (
        1
        if all(one.joins is Joins.NETWORK for one in group)
        else lines_needed(request.alert, request.party, pairs)
    )


def _granted(request: RequestLine, line: Line) -> LineGranted:
    return LineGranted(
        leg=request.leg,
        attempt=request.attempt,
        line=line.line,
        trunk=line.trunk,
        version=line.version,
        joins=line.joins,
    )


def _too_many_nailed_up(request: RequestLine, group: Sequence[Line], held: Held, now_us: Instant) -> str:
    """Return the reason for refusing another nailed-up line; empty if it is allowed.

    At most half of the lines: each operator's user has to be called on another line.
    """
    there = sum(serves(one, now_us) or one.seized_by is not None for one in group)
    granted = {
        line
        for line, one in held.items()
        if one.nailed_up and one.leg != request.leg and now_us - one.at < GRANTED_FOR_US
    }
    taken = sum(one.nailed_up or one.line in granted for one in group)
    if taken < there // 2:
        return ""
    return f"{taken} of {there} public lines are nailed up; the others are kept for users"


def yields(request: RequestLine) -> bool:
    """Return True if the request yields to alerts: a test, a listening supervisor, a line for a shift, or a
    call to a person on duty.
    """
    shifts = request.operator is not None or request.callout is not None
    return request.test or request.party is Party.LISTENER or shifts


def gives_way(request: RequestLine, refused: Iterable[RequestLine]) -> bool:
    """Return True if the request yields to a refused request for a line of the same kind.

    If granted a line that does not suffice for the alert, a test would dial, be preempted and dial again,
    endlessly.
    """
    return yields(request) and any(not yields(one) and one.emergency == request.emergency for one in refused)


def is_urgent(request: RequestLine, pairs: LinePairs) -> bool:
    """Return True if alerts that are not vouched for leave their lines to this request: its alert is vouched
    for, and has yet to call that party for the first time.
    """
    if request.alert is None or request.emergency or request.held or yields(request):
        return False
    return request.rank == PROVED and request.party in pairs.begun.get(request.alert, pairs.asking)


def leaves_lines(request: RequestLine) -> bool:
    """Return True if the request waits for urgent ones; a call to 112 never waits."""
    return request.rank != PROVED and not request.emergency and not request.held


def is_free(one: Line, leg: LegId, held: Held, now_us: Instant) -> bool:
    """Return True if the line is available for this leg."""
    if one.seized_by is not None or not serves(one, now_us) or (one.report is not None and one.report.busy):
        return False
    return not _granted_elsewhere(one, leg, held, now_us)


def _granted_elsewhere(one: Line, leg: LegId, held: Held, now_us: Instant) -> bool:
    """Return True if the line was granted to another leg a moment ago."""
    granted = held.get(one.line)
    return granted is not None and granted.leg != leg and now_us - granted.at < GRANTED_FOR_US


def kept_for_inbound(group: Sequence[Line | Modem], settings: Settings) -> frozenset[LineId]:
    """Return the lines reserved for inbound calls: always the first ones. Two lines stay usable in any
    case.
    """
    inbound: dict[NodeId, list[LineId]] = {}
    for one in group:
        if one.inbound:
            inbound.setdefault(one.node if isinstance(one, Line) else NodeId(""), []).append(one.line)
    # Each node keeps its own: if a node is lost, users still reach the lines of the others.
    kept = [line for lines in inbound.values() for line in lines[: settings.limits.inbound_lines_kept]]
    return frozenset(kept[: max(len(group) - 2, 0)])


def _rank(one: Line, request: RequestLine) -> tuple[bool, bool, bool, bool, bool, bool, Instant, str]:
    """Return the sort key of a line, best first: with voice, without an active alarm, not degraded, not just
    failed, not weak, the nearest, the longest unused.
    """
    signal = None if one.report is None else one.report.signal_dbm
    weak = signal is not None and signal < WEAK_DBM
    voiceless = one.joins is not Joins.HOST
    far = bool(one.node)
    worn = one.report is not None and one.report.worn
    avoided = one.line in request.avoid
    return (voiceless, one.in_doubt, worn, avoided, weak, far, one.last_used_at, one.line)


def _why(request: RequestLine, group: Sequence[Line], free: Sequence[Line]) -> str:
    kind = "emergency" if request.emergency else "public"
    if not group:
        return f"there is no {kind} line"
    if not free:
        return f"no {kind} line is free"
    return (
        f"the last {kind} lines are kept free of tests"
        if request.test
        else "the free lines are kept for alerts in progress"
    )


def preempted(request: RequestLine, lines: Iterable[Line]) -> Line | None:
    """Return the line to preempt for this real call: a listener's, else a test's, else that of an
    operator who waits for an alert. A line that is not ready comes last. None if no line may be preempted.

    Never a leg that a real alert needs, so never one to 112; a test's call in place of 112 is preempted for
    112 itself. Nothing is preempted for a call to be taken back: only its own line would do.
    """
    if request.held or yields(request):
        return None
    held = [
        one
        for one in lines
        if one.emergency == request.emergency and one.seized_by is not None and not one.taken_out
    ]
    waits = [one for one in held if one.nailed_up and not one.stood_on]
    yielding = [one for one in held if one.test or one.tried or one.party is Party.LISTENER]

    def last(one: Line) -> tuple[bool, bool, bool, Instant]:
        lost = one.report is None or one.report.state is not LineState.READY
        return lost, one not in yielding, one.party is not Party.LISTENER, one.last_used_at

    return min((*yielding, *waits), key=last, default=None)
