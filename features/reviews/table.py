"""A month's report as rows of three columns, for a table: part, what, value. Pure; names never change."""

from __future__ import annotations

from collections.abc import Iterator

from features.reviews.month import Report
from messages.ids import SECOND

HEAD = ("part", "what", "value")


def table(said: Report) -> Iterator[tuple[str, str, str]]:
    """All rows, in the order of the paper."""
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
