"""What is left of a run, for the invariants: the journal, the carrier's calls, who was struck and when."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from messages import events as ev
from messages.ids import E164, AlertId, Instant, LegId, LineId, OperatorId, TextId
from messages.journal import Recorded
from model.alert.case import Case
from runtime.system.imaginary_processes import Ended


class CallSeen(msgspec.Struct, frozen=True, kw_only=True):
    """One call as the carrier has it. Times in the center's microseconds."""

    number: int
    ours: bool
    """We have placed it."""
    line: LineId | None
    """The line of ours that it uses."""
    to: E164
    caller: E164
    started: Instant
    answered: Instant | None = None
    ended: Instant | None = None
    ended_by_us: bool = False
    cause: int | None = None

    def overlaps(self, other: CallSeen) -> bool:
        """Whether both were there at the same time."""
        mine, its = self.ended, other.ended
        return (mine is None or other.started < mine) and (its is None or self.started < its)


class Attempt(msgspec.Struct, frozen=True, kw_only=True):
    """One attempt of a leg, as the journal tells it."""

    alert: AlertId
    begun: ev.LegOriginating
    at: Instant
    answered: Instant | None = None
    releasing: Instant | None = None
    reason: str = ""
    released: Instant | None = None
    cause: int | None = None

    @property
    def leg(self) -> LegId:
        """Whose."""
        return self.begun.leg


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """All of it."""

    journal: tuple[Recorded, ...]
    calls: tuple[CallSeen, ...] = ()
    failed: Mapping[LineId, tuple[tuple[Instant, Instant], ...]] = {}
    """When each line was unplugged, mute or garbled, and for a while after."""
    ended: tuple[Ended, ...] = ()
    """Whose process was killed, and when: the journal hears of it later."""
    until: Instant = Instant(0)
    """When the run ended."""
    psaps: frozenset[E164] = frozenset()
    """The numbers that reach a real PSAP."""
    slack: Mapping[AlertId, int] = {}
    """How late each alert's advice may be, because those who give it were struck at that moment."""
    offhook: tuple[str, ...] = ()
    """Phones and modems that are in a call at the end."""
    texts: Mapping[TextId, int] = {}
    """How often the carrier has taken each short message that was asked for."""
    busy: tuple[str, ...] = ()
    """Actors that say at the end that they have an alert, or hold a voice port."""

    def failed_at(self, line: LineId | None, at: Instant) -> bool:
        """Whether this line could not be relied on at that moment."""
        return line is not None and any(begin <= at <= end for begin, end in self.failed.get(line, ()))


def attempts(journal: Iterable[Recorded]) -> list[Attempt]:
    """Every attempt of every leg, in the order in which they began."""
    found: dict[tuple[LegId, int], Attempt] = {}
    for one in journal:
        event = one.event
        if isinstance(event, ev.LegOriginating):
            alert = AlertId(one.stream.partition("-")[2])
            found[event.leg, event.attempt] = Attempt(alert=alert, begun=event, at=one.at_us)
        elif isinstance(event, ev.LegReleasing | ev.LegReleased | ev.LegAnswered):
            known = found.get((event.leg, event.attempt))
            if known is None:
                continue
            if isinstance(event, ev.LegReleased):
                changed = msgspec.structs.replace(known, released=one.at_us, cause=event.cause)
            elif isinstance(event, ev.LegAnswered):
                changed = msgspec.structs.replace(known, answered=one.at_us)
            else:
                changed = msgspec.structs.replace(known, releasing=one.at_us, reason=event.reason)
            found[event.leg, event.attempt] = changed
    return list(found.values())


def attempt_of(call: CallSeen, tried: Iterable[Attempt]) -> Attempt | None:
    """The attempt that this call is: the last one begun on its line for its number before it was there.

    Of two begun in one instant it is the later: there is that one only because the first was over.
    """
    by = call.started if call.ours else call.answered
    if by is None:
        return None
    fitting = [
        one
        for one in tried
        if one.begun.line == call.line
        and one.at <= by
        and (one.begun.call is None) == call.ours
        and (not call.ours or one.begun.number == call.to)
    ]
    return max(reversed(fitting), key=lambda one: one.at, default=None)


class Stood(msgspec.Struct, frozen=True, kw_only=True):
    """A line that was an operator's for a shift."""

    operator: OperatorId
    line: LineId
    since: Instant
    until: Instant | None = None


def nailed_up(journal: Iterable[Recorded]) -> list[Stood]:
    """Every time that a line was nailed up."""
    over: list[Stood] = []
    now: dict[LineId, Stood] = {}
    for one in journal:
        if isinstance(one.event, ev.LineSeized):
            line = one.event.line
            if line in now:
                over.append(msgspec.structs.replace(now.pop(line), until=one.at_us))
            if one.event.operator is not None and one.event.leg:
                now[line] = Stood(operator=one.event.operator, line=line, since=one.at_us)
    return [*over, *now.values()]


def stood(call: CallSeen, all_of: Iterable[Stood]) -> Stood | None:
    """For whose shift this call of ours was made, if it was."""
    return next(
        (
            one
            for one in all_of
            if call.ours
            and one.line == call.line
            and one.since <= call.started
            and (one.until is None or call.started < one.until)
        ),
        None,
    )


def cases_of(journal: Iterable[Recorded]) -> dict[AlertId, list[Recorded]]:
    """The two streams of each alert, in the order in which they were written."""
    found: dict[AlertId, list[Recorded]] = {}
    for one in journal:
        kind, _, name = one.stream.partition("-")
        if kind in ("inbox", "alert"):
            found.setdefault(AlertId(name), []).append(one)
    return found


def folded(journal: Iterable[Recorded]) -> dict[AlertId, Case]:
    """Every alert as it is at the end. Whatever the fold raises is raised."""
    from model.alert.evolve import fold

    return {alert: case for alert, events in cases_of(journal).items() if (case := fold(events)) is not None}
