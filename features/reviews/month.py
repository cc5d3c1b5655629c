"""Report of a month, and the report as a table. Pure. The report has the answering of alerts beside
benchmarks of the field, the availability of the intake, callouts, and results of self-tests. Benchmarks have
a published source. EN 50518 has such figures, too; its text was not available, so none is named here. Names
of the table's rows never change.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import msgspec

from messages import events as ev
from messages.ids import SECOND, CalloutEnd, CalloutKind, Instant, Outcome
from messages.journal import Recorded
from messages.proofs import ProofEnd, StepResult
from model.availability import Availability
from model.figures import DUE_US, AlertRow


class Benchmark(msgspec.Struct, frozen=True, kw_only=True):
    """A published target: the share of calls, 0 to 1, to be answered within `within_s` seconds. `by`:
    publisher.
    """

    by: str
    share: float
    within_s: int
    source: str


_NENA: Final = "NENA-STA-020.1-2020 (nena.org, 2020-06-25)"
_TSA: Final = "TSA Quality Standards Framework (Tendring District Council on its audit, 2021-09)"

BENCHMARKS: Final = (
    Benchmark(by="NENA", share=0.90, within_s=15, source=_NENA),
    Benchmark(by="NENA", share=0.95, within_s=20, source=_NENA),
    Benchmark(by="TSA", share=0.975, within_s=60, source=_TSA),
    Benchmark(by="TSA", share=0.99, within_s=180, source=_TSA),
)


class Measured(msgspec.Struct, frozen=True, kw_only=True):
    """A benchmark and the center's own share, 0 to 1."""

    by: str
    share: float
    within_s: int
    found: float | None
    """Measured share; None if there was no alert to answer."""


class Answering(msgspec.Struct, frozen=True, kw_only=True):
    """Time from an alert's receipt until an operator was on the line. Real alerts alone."""

    of: int
    """Number of alerts that were to be answered and whose result is known."""
    answered: int
    measured: tuple[Measured, ...]


def answering(rows: Sequence[AlertRow], now_us: Instant) -> Answering:
    """Compute the answering of these alerts. An alert that ended or still waits without an operator was not
    answered in time.
    """
    took = [
        row.to_operator_us
        for row in rows
        if not row.test
        and (row.operator_us or row.closed_us is not None or row.received_us + DUE_US <= now_us)
    ]
    done = [one for one in took if one is not None]
    return Answering(
        of=len(took),
        answered=len(done),
        measured=tuple(
            Measured(
                by=one.by,
                share=one.share,
                within_s=one.within_s,
                found=sum(us <= one.within_s * SECOND for us in done) / len(took) if took else None,
            )
            for one in BENCHMARKS
        ),
    )


class CalloutRow(msgspec.Struct, frozen=True, kw_only=True):
    """A callout: its alarms, and the time until it was taken. Without names of people."""

    at_us: Instant
    alarms: tuple[str, ...]
    tries: int = 0
    taken_us: Instant | None = None
    ended: CalloutEnd | None = None


class SelfTestRow(msgspec.Struct, frozen=True, kw_only=True):
    """A self-test of a node."""

    at_us: Instant
    node: str
    good: int = 0
    bad: int = 0
    left_out: int = 0
    ended: ProofEnd | None = None

    @property
    def is_whole(self) -> bool:
        """True if the self-test was completed."""
        return self.ended is ProofEnd.DONE

    @property
    def is_good(self) -> bool:
        """True if the self-test was completed without a failure."""
        return self.is_whole and not self.bad


class BadDay(msgspec.Struct, frozen=True, kw_only=True):
    """A day on which the intake was away."""

    day: str
    availability: Availability


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """The report of one month."""

    month: str
    """`2026-11`, by the center's own calendar."""
    made_us: Instant
    until_us: Instant
    """End of the reported time: the month's end, or the time of the report."""
    availability: Availability
    bad_days: tuple[BadDay, ...]
    """Days with lost minutes, during planned work or not."""
    answering: Answering
    real: int
    tests: int
    missed: int
    """Number of real alerts past their deadline."""
    outcomes: dict[str, int]
    """Number of closed real alerts by outcome."""
    callouts: tuple[CalloutRow, ...]
    proofs: tuple[SelfTestRow, ...]


def report(
    month: str,
    rows: Sequence[AlertRow],
    there: Availability,
    bad_days: Sequence[BadDay],
    called: Sequence[CalloutRow],
    proved: Sequence[SelfTestRow],
    *,
    now_us: Instant,
    until_us: Instant,
) -> Report:
    """Build the report of the month's rows, callouts and self-tests."""
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


def callouts(recorded: Iterable[Recorded], begins: Instant, ends: Instant) -> list[CalloutRow]:
    """Return the callouts opened in this time because of alarms, without tests."""
    found: dict[str, CalloutRow] = {}
    for one in recorded:
        event = one.event
        match event:
            case ev.CalloutOpened(callout=callout, kind=CalloutKind.ALARM) if begins <= one.at_us < ends:
                found[callout] = CalloutRow(at_us=one.at_us, alarms=_names(event.alarms))
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


def proofs(recorded: Iterable[Recorded], begins: Instant, ends: Instant) -> list[SelfTestRow]:
    """Return the self-tests of all nodes begun in this time; of a repeated step the last result counts."""
    found: dict[tuple[str, str], SelfTestRow] = {}
    results: dict[tuple[str, str], dict[tuple[str, str], StepResult]] = {}
    for one in recorded:
        event, node = one.event, one.stream.partition("-")[2]
        match event:
            case ev.ProofBegun(proof=proof) if begins <= one.at_us < ends:
                found[node, proof] = SelfTestRow(at_us=one.at_us, node=node)
                results[node, proof] = {}
            case ev.ProofStepEnded(proof=proof, step=step, subject=subject) if (node, proof) in found:
                results[node, proof][step, subject] = event.result
            case ev.ProofEnded(proof=proof, why=why) if (node, proof) in found:
                found[node, proof] = msgspec.structs.replace(found[node, proof], ended=why)
            case _:
                pass
    told = [_counted(proof, results[key].values()) for key, proof in found.items()]
    return sorted(told, key=lambda one: one.at_us)


def _counted(proof: SelfTestRow, results: Iterable[StepResult]) -> SelfTestRow:
    count = Counter(results)
    good, bad, left_out = count[StepResult.OK], count[StepResult.FAILED], count[StepResult.LEFT_OUT]
    return msgspec.structs.replace(proof, good=good, bad=bad, left_out=left_out)


def _names(alarms: Iterable[ev.CalloutAlarm]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one.alarm for one in alarms))


HEAD = ("part", "what", "value")


def table(said: Report) -> Iterator[tuple[str, str, str]]:
    """Yield all rows, in the order of the paper."""
    there = said.availability
    yield "month", "month", said.month
    yield "availability", "minutes", str(there.minutes)
    yield "availability", "minutes_watched", str(there.watched)
    yield "availability", "minutes_lost", str(there.lost)
    yield "availability", "minutes_lost_in_planned_work", str(there.planned)
    yield "availability", "longest_outage_minutes", str(there.longest)
    yield "availability", "percent_of_watched", _percent(there.share)
    yield "availability", "slowest_answer_ms", str(there.worst_ms)
    for day in said.bad_days:
        yield "availability", f"minutes_lost_on_{day.day}", str(day.availability.lost)
    yield "answering", "alerts_to_be_answered", str(said.answering.of)
    yield "answering", "alerts_answered", str(said.answering.answered)
    for one in said.answering.measured:
        yield "answering", f"percent_within_{one.within_s}_s", _percent(one.found)
        yield "answering", f"percent_within_{one.within_s}_s_by_{one.by.lower()}", f"{one.share * 100:g}"
    yield "alerts", "real", str(said.real)
    yield "alerts", "tests", str(said.tests)
    yield "alerts", "past_their_deadline", str(said.missed)
    for outcome, count in said.outcomes.items():
        yield "alerts", f"outcome_{outcome}", str(count)
    yield "callouts", "callouts", str(len(said.callouts))
    for callout in said.callouts:
        took = "" if callout.taken_us is None else f"{(callout.taken_us - callout.at_us) / SECOND:.0f}"
        yield "callouts", f"taken_after_s_of_{'+'.join(callout.alarms)}", took
    yield "proofs", "proofs", str(len(said.proofs))
    yield "proofs", "proofs_without_a_fault", str(sum(one.is_good for one in said.proofs))
    yield "proofs", "steps_failed", str(sum(one.bad for one in said.proofs))


def _percent(share: float | None) -> str:
    return "" if share is None else f"{share * 100:.3f}"
