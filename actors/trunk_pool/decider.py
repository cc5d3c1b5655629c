"""Which line to grant (S8; case 9): the emergency trunk for 112 alone, a public line kept for inbound. Pure.

A grant holds nothing but this pool's own attention for a moment; what makes the line a leg's is
the append at the version granted.
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
from model.rules.calls.joining import Beside
from model.rules.calls.pairs import Pairs, needed
from model.rules.deadline import Urgency, urgency
from model.rules.proof import PROVED
from model.settings import Settings
from model.settings.lines import Modem

GRANTED_FOR_US: Final = Instant(3 * SECOND // 2)
LEFT_TO_ALERTS: Final = 2
LEFT_TO_THE_NEXT: Final = 1
"""So many free lines are left when somebody on duty is called."""
WAITS_US: Final = Instant(3 * SECOND)
"""A request not repeated within this time is forgotten: cases ask every second."""


class Granted(msgspec.Struct, frozen=True, kw_only=True):
    """For which leg a line was granted last, and when."""

    leg: LegId
    at: Instant
    alert: AlertId | None = None
    party: Party | None = None
    nailed_up: bool = False


Held = Mapping[LineId, Granted]
NO_PAIRS: Final = Pairs()
_FIRST: Final = {Party.PSAP: 0, Party.USER: 1, Party.OPERATOR: 2, Party.LISTENER: 3}
"""What is begun is gone on with before anything else is begun."""


def used(held: Held, line: LineId, leg: LegId) -> dict[LineId, Granted]:
    """What is granted once this leg has seized the line: from then on the journal says whose it is."""
    granted = held.get(line)
    if granted is None or granted.leg != leg:
        return dict(held)
    return {other: one for other, one in held.items() if other != line}


class WaitingLeg(msgspec.Struct, frozen=True, kw_only=True):
    """A request that stands."""

    request: RequestLine
    asked_at: Instant


def order(waiting: Iterable[WaitingLeg], now_us: Instant, settings: Settings) -> list[WaitingLeg]:
    """The requests that still stand, as they are served; within what is begun and what is not by urgency.

    Alerts come first, those that are vouched for before others, then tests, then shifts.
    """

    def key(one: WaitingLeg) -> tuple[bool, bool, bool, int, Urgency, LegId]:
        request = one.request
        rank = urgency(request.test, request.rank, request.deadline_at, now_us, settings)
        last = request.operator is not None or request.callout is not None
        return (last, request.test, request.rank != PROVED, _FIRST[request.party], rank, request.leg)

    return sorted((one for one in waiting if now_us - one.asked_at <= WAITS_US), key=key)


def served_with(asks: tuple[LegId, int], waiting: Sequence[WaitingLeg]) -> list[WaitingLeg]:
    """Return those of the requests, in order, that come before this one whatever they ask for, and itself."""

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
    pairs: Pairs = NO_PAIRS,
    beside: Beside | None = None,
    *,
    hung_up: bool = False,
    alerts: bool = False,
) -> LineGranted | LineRefused:
    """The line for this request, or why there is none. `beside`: with whom the party is to be joined;
    `hung_up`: the leg's last call was to be ended, and is not taken back where its modem still has it;
    `alerts`: one is open, or somebody waits for a line for one.

    A line of a node that is drained is granted where no other is, and for the need of a user alone.
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
    pairs: Pairs,
    beside: Beside | None,
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
        # A listener would be heard by everybody where the network joins, and a shift's call by nobody.
        network = []
    # Whoever is up on a line that gives its voice waits for another such one in vain where those who have
    # them wait in the same way: so she is called again, beside whoever answers in the network.
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
    """A public line that gives its voice, where enough others are left: one, and while an alert is open one
    for each of its two parties. None that is kept for those who call in, and none to avoid, whatever else
    there is: what is wrong may be that very line.
    """
    public = [one for one in lines if not one.emergency]
    kept = kept_for_inbound(public, settings)
    free = [one for one in public if one.line not in kept and is_free(one, request.leg, held, now_us)]
    fit = [one for one in free if one.joins is Joins.HOST and one.line not in request.avoid]
    if not fit:
        return LineRefused(leg=request.leg, attempt=request.attempt, reason="no line fit for it is free")
    if len(free) <= (LEFT_TO_ALERTS if alerts else LEFT_TO_THE_NEXT):
        reason = "the lines that are free are left to alerts"
        return LineRefused(leg=request.leg, attempt=request.attempt, reason=reason)
    return _granted(request, min(fit, key=lambda one: _rank(one, request)))


def _reserved(
    request: RequestLine, lines: Sequence[Line], held: Held, settings: Settings, now_us: Instant
) -> LineGranted | LineRefused:
    """A line of the emergency trunk; where none is left, and the settings say so, a public one."""
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
    """The line whose modem still has this leg's call: it was given up while its node was not heard.

    In an operator's place another one may be called by now: whoever asks for that one's call says so.
    """
    if request.party is Party.OPERATOR and not request.held:
        return None
    for one in lines:
        if one.report is not None and request.leg in one.report.legs and one.seized_by is None:
            return one if usable(one, now_us) else None
    return None


def _added(
    request: RequestLine, group: Iterable[Line], held: Held, now_us: Instant, beside: Beside | None
) -> LineGranted | LineRefused:
    """The line on which the alert's others are, for one more: its modem joins them in the network."""
    reason = "nobody is on a line that joins in the network"
    for one in group:
        if beside is None or one.line != beside.line or one.joins is not Joins.NETWORK:
            continue
        if request.party is Party.LISTENER:
            reason = "a listener would be heard on this line"
        elif (
            one.alert != request.alert
            or not usable(one, now_us)
            or _granted_elsewhere(one, request.leg, held, now_us)
        ):
            reason = "the line that joins this alert cannot be used"
        elif one.setting_up:
            reason = "the line that joins this alert is calling somebody"
        else:
            return _granted(request, one)
    return LineRefused(leg=request.leg, attempt=request.attempt, reason=reason)


def _of_group(
    request: RequestLine,
    group: Sequence[Line],
    held: Held,
    settings: Settings,
    now_us: Instant,
    pairs: Pairs,
    *,
    least: int = 1,
) -> LineGranted | LineRefused:
    """A free line of these. `least`: how many have to be there for anything to begin on them."""
    free = [one for one in group if is_free(one, request.leg, held, now_us)]
    if request.operator is not None and (why := _too_many_nailed_up(request, group, held, now_us)):
        return LineRefused(leg=request.leg, attempt=request.attempt, reason=why)
    keep = settings.limits.lines_kept_from_tests if request.test else 0
    # A center that is down to one line begins all the same. A line that somebody is on counts, though its
    # modem's process be dead: its alert waits for what is free.
    there = sum(serves(one, now_us) or one.seized_by is not None for one in group)
    least = min(_needed(request, group, pairs), max(least, there))
    # One that sends a text is free before the party who is called first has answered.
    soon = sum(serves(one, now_us) and _sends_text(one) for one in group)
    if len(free) <= min(keep, max(len(group) - 2, 0)) or len(free) + soon < least:
        return LineRefused(leg=request.leg, attempt=request.attempt, reason=_why(request, group, free))
    return _granted(request, min(free, key=lambda one: _rank(one, request)))


def _sends_text(one: Line) -> bool:
    return one.seized_by is None and one.report is not None and one.report.sends_text


def _needed(request: RequestLine, group: Iterable[Line], pairs: Pairs) -> int:
    """How many lines of the group have to be free: one is enough for two parties that the network joins."""
    return (
        1 if all(one.joins is Joins.NETWORK for one in group) else needed(request.alert, request.party, pairs)
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
    """Why no more operators can have a line for their shift; empty where one more can.

    Half of the lines at the most: each of them has to call a user on another one.
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
    return f"{taken} of {there} public lines are nailed up, and users have to be called on the others"


def yields(request: RequestLine) -> bool:
    """Whether what is asked for is nobody's need: a test, a supervisor who listens in, a shift's line, or a
    call to people on duty.
    """
    shifts = request.operator is not None or request.callout is not None
    return request.test or request.party is Party.LISTENER or shifts


def gives_way(request: RequestLine, refused: Iterable[RequestLine]) -> bool:
    """Whether a test or a listener waits for a real alert that could not have a line of this kind (case 9).

    Were it granted what the real one cannot use alone, it would dial, give way, and dial again, for ever.
    """
    return yields(request) and any(not yields(one) and one.emergency == request.emergency for one in refused)


def is_urgent(request: RequestLine, pairs: Pairs) -> bool:
    """Return whether alerts that are not vouched for leave the lines to this request: its alert is, and has
    yet to call that party for the first time.
    """
    if request.alert is None or request.emergency or request.held or yields(request):
        return False
    return request.rank == PROVED and request.party in pairs.begun.get(request.alert, pairs.asking)


def leaves_lines(request: RequestLine) -> bool:
    """Return whether the request waits while an urgent one does: 112 is nobody's to wait for."""
    return request.rank != PROVED and not request.emergency and not request.held


def is_free(one: Line, leg: LegId, held: Held, now_us: Instant) -> bool:
    """Whether the line can be had for this."""
    if one.seized_by is not None or not serves(one, now_us) or (one.report is not None and one.report.busy):
        return False
    return not _granted_elsewhere(one, leg, held, now_us)


def _granted_elsewhere(one: Line, leg: LegId, held: Held, now_us: Instant) -> bool:
    """Whether it was granted to another a moment ago."""
    granted = held.get(one.line)
    return granted is not None and granted.leg != leg and now_us - granted.at < GRANTED_FOR_US


def kept_for_inbound(group: Sequence[Line | Modem], settings: Settings) -> frozenset[LineId]:
    """The lines whose numbers users call, never used for calls of ours: the first ones, always the same.

    Never so many that two parties cannot be called.
    """
    inbound: dict[NodeId, list[LineId]] = {}
    for one in group:
        if one.inbound:
            inbound.setdefault(one.node if isinstance(one, Line) else NodeId(""), []).append(one.line)
    # Of each node its own: what is left when one is lost is still called.
    kept = [line for lines in inbound.values() for line in lines[: settings.limits.inbound_lines_kept]]
    return frozenset(kept[: max(len(group) - 2, 0)])


def _rank(one: Line, request: RequestLine) -> tuple[bool, bool, bool, bool, bool, bool, Instant, str]:
    """Which line is taken first: one that gives its voice, not one that was mute or failed a proof, not one
    whose voice is worn, not the one that has just failed, not a weak one, the nearest, the longest unused."""
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
        f"the last {kind} lines are kept free of tests" if request.test else "those begun need what is free"
    )


def preempted(request: RequestLine, lines: Iterable[Line]) -> Line | None:
    """The call that gives up its line for this real one (case 9): a listener's, else a test's, else an
    operator's who waits for an alert; on a line that cannot call only where no other call gives up its line.

    Never a leg that a real alert needs, so never one to 112: what a test calls in place of 112 gives up its
    emergency line for 112 itself. Nor for a call that is asked back: no line would do but the one it is on.
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
