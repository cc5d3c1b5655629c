"""Steps of a self-test: each with its reason, its items on the node's lines, and its time."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Final

import msgspec

from features.selftest.alarms import OF_PROOFS
from messages.ids import SECOND, Instant
from messages.proofs import ProofItem, ProofStep
from messages.rows import Sentence
from model.checks import CheckRow, CheckUser, Cost
from model.settings.lines import Modem

_ALARMS: Final = {kind.name: kind for kind in OF_PROOFS}
BETWEEN: Final = ">"
"""Separator of two lines in a subject. No line's name contains it."""


class Per(StrEnum):
    """Number of times that a step is tried in one self-test."""

    NODE = "node"
    CENTER = "center"
    """Once for all nodes, by the first live node."""
    PAIR = "pair"
    """Pairs of each line and the next: each line calls once and is called once."""
    EMERGENCY_LINE = "emergency_line"
    LINE = "line"


class StepKind(msgspec.Struct, frozen=True, kw_only=True):
    """A kind of step."""

    step: ProofStep
    per: Per
    within_s: int
    """Time limit: a later result is a failure."""
    cost: Cost
    at: Sentence
    """Description of the test."""
    because: str
    alarm: str
    """Alarm raised by a failure."""
    soon: str = ""
    """Alarm raised before a failure, by a figure's `Bound.soon`; empty: none."""

    @property
    def within_us(self) -> Instant:
        """Time limit in microseconds."""
        return Instant(self.within_s * SECOND)


KINDS: Final = (
    # Short steps come first: even a night full of alerts has their results.
    StepKind(
        step=ProofStep.CLOCK,
        per=Per.NODE,
        within_s=30,
        cost=Cost.FILES,
        at=Sentence(
            "The clock follows a time server, and was not moved",
            "L'orologio segue un server, e non è stato spostato",
        ),
        alarm="proof.clock",
        because="deadlines and signatures are counted by it",
    ),
    StepKind(
        step=ProofStep.CERTIFICATE,
        per=Per.NODE,
        within_s=30,
        cost=Cost.FILES,
        at=Sentence(
            "Days until the web's certificate expires", "Per quanti giorni vale il certificato del web"
        ),
        alarm="proof.certificate",
        because="with its last day no app and no browser comes in",
        soon="proof.certificate_soon",
    ),
    StepKind(
        step=ProofStep.DISK,
        per=Per.NODE,
        within_s=30,
        cost=Cost.FILES,
        at=Sentence("Date on which the disk will be full", "Quando il disco sarà pieno"),
        alarm="proof.disk",
        because="a full disk takes durability away from every alert",
    ),
    StepKind(
        step=ProofStep.CHAIN,
        per=Per.NODE,
        within_s=120,
        cost=Cost.WHOLE,
        at=Sentence("A test alert, from the intake to its end", "Un allarme di prova, dall'arrivo alla fine"),
        alarm="proof.chain",
        because="each part may be well, and what is between two of them not",
    ),
    StepKind(
        step=ProofStep.VOICE,
        per=Per.PAIR,
        within_s=90,
        cost=Cost.WHOLE,
        at=Sentence(
            "A call from one line to another, with audio in both directions",
            "Una chiamata da una linea all'altra, sentita nei due versi",
        ),
        because="a modem that answers AT may be mute, deaf or seconds late",
        alarm="proof.line_call",
    ),
    StepKind(
        step=ProofStep.EMERGENCY,
        per=Per.EMERGENCY_LINE,
        within_s=90,
        cost=Cost.WHOLE,
        at=Sentence(
            "A call on each line for 112 to the number for tests",
            "Una chiamata al numero di prova da ogni linea del 112",
        ),
        alarm="proof.emergency",
        because="its lines carry no other call, so that nothing else would show that they cannot",
    ),
    StepKind(
        step=ProofStep.TEXT,
        per=Per.PAIR,
        within_s=300,
        cost=Cost.WHOLE,
        at=Sentence("A short message from one line to another", "Un SMS da una linea all'altra"),
        alarm="proof.text",
        because="a network that takes a short message may never deliver it",
    ),
    StepKind(
        step=ProofStep.CREDIT,
        per=Per.LINE,
        within_s=180,
        cost=Cost.WHOLE,
        at=Sentence("Credit of each SIM", "Quanto resta su ogni SIM"),
        alarm="proof.credit",
        because="a SIM without credit refuses the call that is needed",
    ),
    StepKind(
        step=ProofStep.AUDIT,
        per=Per.NODE,
        within_s=900,
        cost=Cost.WHOLE,
        at=Sentence("Check of the whole audit", "Il registro accessi, letto per intero"),
        alarm="proof.audit",
        because="who has changed an entry is found by the chain alone",
    ),
    StepKind(
        step=ProofStep.JOURNAL,
        per=Per.CENTER,
        within_s=3600,
        cost=Cost.WHOLE,
        at=Sentence("Check of the whole journal", "Il registro degli allarmi, letto per intero"),
        alarm="proof.journal",
        because="a damaged page is found by reading it, and while there still is a good backup",
    ),
    StepKind(
        step=ProofStep.BACKUP,
        per=Per.CENTER,
        within_s=2 * 3600,
        cost=Cost.WHOLE,
        at=Sentence("Trial restore of the last backup", "L'ultimo backup, ripristinato in un angolo"),
        alarm="proof.backup",
        because="a backup is one once it has been restored",
    ),
)
"""All kinds, in the order in which they are tried."""
BY_STEP: Final = {kind.step: kind for kind in KINDS}
ROWS: Final = tuple(
    CheckRow(
        name=kind.step,
        at=kind.at,
        do=Sentence(_ALARMS[kind.alarm].en.do, _ALARMS[kind.alarm].it.do),
        cost=kind.cost,
        asked=frozenset({CheckUser.NIGHT}),
    )
    for kind in KINDS
)
"""The kinds as rows of the table of all checks; the alarm has the words for what to do."""


def planned(lines: Sequence[Modem], wanted: Collection[ProofStep] = ()) -> tuple[ProofItem, ...]:
    """Return the items for these lines, in order; `wanted`: only these steps. Items that cannot be tried are
    included: leaving them out is a result.
    """
    return tuple(
        ProofItem(step=kind.step, subject=subject)
        for kind in KINDS
        if not wanted or kind.step in wanted
        for subject in _subjects(kind.per, lines)
    )


def _subjects(per: Per, lines: Sequence[Modem]) -> list[str]:
    match per:
        case Per.NODE | Per.CENTER:
            return [""]
        case Per.LINE:
            return [one.line for one in lines]
        case Per.EMERGENCY_LINE:
            return [one.line for one in lines if one.emergency]
        case Per.PAIR:
            return _round([one for one in lines if not one.emergency])


def _round(public: Sequence[Modem]) -> list[str]:
    """Return the pairs of each line and the next that can be called; a line without partner stays alone."""
    found = []
    for place, one in enumerate(public):
        others = (*public[place + 1 :], *public[:place])
        called = next((other for other in others if other.takes_calls and other.number), None)
        found.append(one.line if called is None or not one.number else f"{one.line}{BETWEEN}{called.line}")
    return found


def ends(subject: str) -> tuple[str, ...]:
    """Return the lines of a subject."""
    return tuple(subject.split(BETWEEN))


OVERDUE_US: Final = Instant(48 * 3600 * SECOND)
"""Limit of two nights: a single night may be full of alerts."""


class Night(msgspec.Struct, frozen=True, kw_only=True):
    """Interval in which a self-test may begin, and at whose end it must be over."""

    from_us: Instant
    until_us: Instant


def night(now_us: Instant, at: str, until: str) -> Night | None:
    """Return the present night, by this machine's time; None by day, or if `at` is empty.

    `at`, `until`: `HH:MM`; a night may contain midnight, and a change of the clocks.
    """
    if not at:
        return None
    today = datetime.fromtimestamp(now_us / SECOND).date()  # noqa: DTZ006
    for day in (today, today - timedelta(days=1)):
        begins, ends = _on(day, at), _on(day, until)
        if ends <= begins:
            ends = _on(day + timedelta(days=1), until)
        if begins <= now_us < ends:
            return Night(from_us=begins, until_us=ends)
    return None


def _on(day: date, clock: str) -> Instant:
    """Return the moment of a local time; the first of two in a change of the clocks."""
    return Instant(round(datetime.combine(day, time.fromisoformat(clock)).timestamp() * SECOND))
