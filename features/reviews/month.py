"""What one month was like, as it is told on paper and in a table. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

import msgspec

from features.reviews.answering import Answering, answering
from messages import events as ev
from messages.ids import CalloutEnd, CalloutKind, Instant, Outcome
from messages.journal import Recorded
from messages.proofs import ProofEnd, StepResult
from model.availability import Availability
from model.figures import Row


class CalloutTold(msgspec.Struct, frozen=True, kw_only=True):
    """Why people on duty were called, and how soon one took it. Of nobody by name."""

    at_us: Instant
    alarms: tuple[str, ...]
    tries: int = 0
    taken_us: Instant | None = None
    ended: CalloutEnd | None = None


class ProofTold(msgspec.Struct, frozen=True, kw_only=True):
    """One proof of a node."""

    at_us: Instant
    node: str
    good: int = 0
    bad: int = 0
    left_out: int = 0
    ended: ProofEnd | None = None

    @property
    def is_whole(self) -> bool:
        """Whether it went to its end."""
        return self.ended is ProofEnd.DONE

    @property
    def is_good(self) -> bool:
        """And found nothing wrong."""
        return self.is_whole and not self.bad


class BadDay(msgspec.Struct, frozen=True, kw_only=True):
    """A day on which the intake was away."""

    day: str
    availability: Availability


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """One month."""

    month: str
    """`2026-11`, by the center's own calendar."""
    made_us: Instant
    until_us: Instant
    """So far: the month's end, or the moment at which it was made."""
    availability: Availability
    bad_days: tuple[BadDay, ...]
    """Those on which minutes were lost."""
    answering: Answering
    real: int
    tests: int
    missed: int
    """Real ones past their deadline."""
    outcomes: dict[str, int]
    """Of the real ones that are closed."""
    callouts: tuple[CalloutTold, ...]
    proofs: tuple[ProofTold, ...]


def report(
    month: str,
    rows: Sequence[Row],
    there: Availability,
    bad_days: Sequence[BadDay],
    called: Sequence[CalloutTold],
    proved: Sequence[ProofTold],
    *,
    now_us: Instant,
    until_us: Instant,
) -> Report:
    """Of the month's rows and callouts."""
    real = [row for row in rows if not row.test]
    outcomes = Counter(row.outcome for row in real if row.outcome is not None)
    return Report(
        month=month,
        made_us=now_us,
        until_us=until_us,
        availability=there,
        bad_days=tuple(bad_days),
        answering=answering(real, now_us),
        real=len(real),
        tests=len(rows) - len(real),
        missed=sum(row.missed for row in real),
        outcomes={outcome.value: outcomes[outcome] for outcome in Outcome if outcomes[outcome]},
        callouts=tuple(called),
        proofs=tuple(proved),
    )


def callouts(recorded: Iterable[Recorded], begins: Instant, ends: Instant) -> list[CalloutTold]:
    """Those that were opened in this time because of alarms; tests of a way are left out."""
    found: dict[str, CalloutTold] = {}
    for one in recorded:
        event = one.event
        match event:
            case ev.CalloutOpened(callout=callout, kind=CalloutKind.ALARM) if begins <= one.at_us < ends:
                found[callout] = CalloutTold(at_us=one.at_us, alarms=_names(event.alarms))
            case ev.CalloutJoined(callout=callout, alarms=alarms) if callout in found:
                before = found[callout]
                names = dict.fromkeys((*before.alarms, *_names(alarms)))
                found[callout] = msgspec.structs.replace(before, alarms=tuple(names))
            case ev.CalloutTried(callout=callout) if callout in found:
                found[callout] = msgspec.structs.replace(found[callout], tries=found[callout].tries + 1)
            case ev.CalloutTaken(callout=callout) if callout in found:
                found[callout] = msgspec.structs.replace(found[callout], taken_us=one.at_us)
            case ev.CalloutEnded(callout=callout, why=why) if callout in found:
                found[callout] = msgspec.structs.replace(found[callout], ended=why)
            case _:
                pass
    return list(found.values())


def proofs(recorded: Iterable[Recorded], begins: Instant, ends: Instant) -> list[ProofTold]:
    """Those that began in this time, of all nodes; of a step that was tried twice the later counts."""
    found: dict[tuple[str, str], ProofTold] = {}
    results: dict[tuple[str, str], dict[tuple[str, str], StepResult]] = {}
    for one in recorded:
        event, node = one.event, one.stream.partition("-")[2]
        match event:
            case ev.ProofBegun(proof=proof) if begins <= one.at_us < ends:
                found[node, proof] = ProofTold(at_us=one.at_us, node=node)
                results[node, proof] = {}
            case ev.ProofStepEnded(proof=proof, step=step, subject=subject) if (node, proof) in found:
                results[node, proof][step, subject] = event.result
            case ev.ProofEnded(proof=proof, why=why) if (node, proof) in found:
                found[node, proof] = msgspec.structs.replace(found[node, proof], ended=why)
            case _:
                pass
    told = [_counted(proof, results[key].values()) for key, proof in found.items()]
    return sorted(told, key=lambda one: one.at_us)


def _counted(proof: ProofTold, results: Iterable[StepResult]) -> ProofTold:
    count = Counter(results)
    good, bad, left_out = count[StepResult.OK], count[StepResult.FAILED], count[StepResult.LEFT_OUT]
    return msgspec.structs.replace(proof, good=good, bad=bad, left_out=left_out)


def _names(alarms: Iterable[ev.CalloutAlarm]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one.alarm for one in alarms))
