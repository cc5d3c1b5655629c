"""From what was seen and done to what the invariants judge. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any

from messages import events as ev
from messages.ids import E164, SECOND, AlertId, Instant, LineId, TextId, TextPurpose
from messages.journal import Recorded
from tests.chaos.harness.view import Call
from tests.chaos.in_process.evidence import CallSeen, Evidence
from tests.chaos.nemesis.done import Done
from tests.chaos.nemesis.world import NUMBERS, PSAP, SECOND_PSAP

SLACK_US = 15 * SECOND
"""So late advice may be on a machine that does much else, beside the time in which there was no center."""
OURS = frozenset(NUMBERS.values())


def evidence(
    journal: Sequence[Recorded],
    calls: Iterable[Call],
    done: Done,
    *,
    until: Instant,
    messages: Iterable[Mapping[str, Any]] = (),
    offhook: tuple[str, ...] = (),
    busy: tuple[str, ...] = (),
) -> Evidence:
    """`messages`: the carrier's, of short ones."""
    failed: dict[LineId, list[tuple[Instant, Instant]]] = defaultdict(list)
    for line, begin, end in done.failed:
        failed[line].append((begin, end))
    return Evidence(
        journal=tuple(journal),
        calls=tuple(
            _seen(call) for call in calls if call.to not in OURS and call.to not in done.tried_phones
        ),
        failed={line: tuple(times) for line, times in failed.items()},
        ended=tuple(done.ended),
        until=until,
        psaps=frozenset({E164(PSAP), E164(SECOND_PSAP)}),
        slack=_slack(journal),
        offhook=offhook,
        texts=_taken(journal, messages),
        busy=busy,
    )


def _slack(journal: Sequence[Recorded]) -> dict[AlertId, int]:
    """Where it was raised while no node was there, or none was there by its deadline, that much more."""
    away = [
        (before.at_us, one.at_us)
        for before, one in pairwise(journal)
        if isinstance(one.event, ev.NodeStarted)
    ]
    found: dict[AlertId, int] = {}
    for one in journal:
        if isinstance(one.event, ev.AlertReceived):
            by = one.event.deadline_at + SLACK_US
            gone = sum(end - begin for begin, end in away if begin < by and end > one.at_us)
            late = max(0, one.at_us - one.event.deadline_at)
            found[AlertId(one.stream.removeprefix("inbox-"))] = SLACK_US + late + gone
    return found


def _seen(call: Call) -> CallSeen:
    started = _at(call.started_s)
    assert started is not None
    return CallSeen(
        number=call.id,
        ours=call.caller in OURS,
        line=None if call.line is None else LineId(call.line),
        to=E164(call.to),
        caller=E164(call.caller),
        started=started,
        answered=_at(call.answered_s),
        ended=_at(call.ended_s),
        ended_by_us=call.ended_by in OURS,
        cause=call.cause,
    )


def _at(seconds: float | None) -> Instant | None:
    return None if seconds is None else Instant(round(seconds * SECOND))


def _taken(journal: Sequence[Recorded], messages: Iterable[Mapping[str, Any]]) -> dict[TextId, int]:
    """How often the carrier has taken each text. It does not tell which it was: those that are said to be
    sent, each once; one more than there are of those is the first one's. From line to line none is told.
    """
    asked = [
        TextId(one.stream.partition("-")[2])
        for one in journal
        if isinstance(one.event, ev.TextAsked) and one.event.purpose is not TextPurpose.PROOF
    ]
    sent = {TextId(one.stream.partition("-")[2]) for one in journal if isinstance(one.event, ev.TextSent)}
    came = sum(one["from"] in OURS and one["to"] not in OURS for one in messages)
    taken: dict[TextId, int] = {}
    for text in asked:
        taken[text] = int(text in sent and came > 0)
        came -= taken[text]
    if asked:
        taken[asked[0]] += came
    return taken
