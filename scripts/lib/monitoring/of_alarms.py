"""A rule for each alarm that the center raises, in the words of its consoles (`model.alarms`)."""

from __future__ import annotations

from typing import Final

from model.alarms.kind import AlarmKind, Priority, SubjectKind, Wakes, Words
from model.alarms.table import kinds
from scripts.lib.monitoring.rule import Rule, Severity

_BY_FIGURE: Final = {
    "deadline.missed": "max by (center) (securwoman_alerts_late) > 0",
    "no_operator": 'max by (center) (securwoman_operators{state="ready"}) == 0',
    "journal.not_durable": "min by (center) (securwoman_journal_works) == 0",
}
"""Expressions for alarms that are never raised, or that a metric shows directly."""
_LASTS: Final = {Priority.NOW: "10s", Priority.SOON: "1m", Priority.LATER: "5m"}
_SOMEBODY: Final = {
    SubjectKind.ALERT: ("un’utente", "a user"),
    SubjectKind.OPERATOR: ("un operatore", "an operator"),
}
"""Words in place of a name, which no metric contains."""
_SUBJECT: Final = "{{ $labels.subject }}"
_LATE: Final = "{{ $value }}"


def rules() -> list[Rule]:
    """Return the rules, the most severe first; the last rule is for alarms of a newer center, unknown to this
    file.
    """
    known = [_rule(kind) for kind in kinds()]
    others = "|".join(sorted(kind.name for kind in kinds())).replace(".", "[.]")
    unknown = Rule(
        name="SecurwomanAlarmUnknownHere",
        expr=_standing(f'alarm!~"{others}", is="unseen"'),
        lasts=_LASTS[Priority.SOON],
        severity=Severity.TICKET,
        it=Words(
            "{{ $labels.alarm }}",
            "Il centro segnala {{ $labels.alarm }} ({{ $labels.subject }}), che queste regole non conoscono",
            "Leggere la console (tasto 4). Poi installare le regole della versione del centro",
        ),
        en=Words(
            "{{ $labels.alarm }}",
            "The center raises {{ $labels.alarm }} ({{ $labels.subject }}), which these rules do not know",
            "Read it at the console (key 4). Then install the rules of the center's version",
        ),
    )
    return [*known, unknown]


def name_of(alarm: str) -> str:
    """Return the rule's name: `line.no_network` → `SecurwomanLineNoNetwork`."""
    return "Securwoman" + "".join(word.title() for word in alarm.replace(".", "_").split("_"))


def severity_of(kind: AlarmKind) -> Severity:
    """Return PAGE for alarms that wake people on duty at once; all others wait. The center marks lines that
    may wait (`is="waits"`): a single rule in `of_figures` covers them.
    """
    return Severity.PAGE if kind.wakes in (Wakes.AT_ONCE, Wakes.FEW_LEFT) else Severity.TICKET


def _rule(kind: AlarmKind) -> Rule:
    severity = severity_of(kind)
    # An alarm acknowledged at a console must not wake people; a ticket stays until the fault is repaired.
    how = 'is="unseen"' if severity is Severity.PAGE else 'is=~"seen|unseen"'
    expr = _BY_FIGURE.get(kind.name) or _standing(f'alarm="{kind.name}", {how}')
    return Rule(
        name=name_of(kind.name),
        expr=expr,
        lasts=_LASTS[kind.priority],
        severity=severity,
        it=_filled(kind, kind.it, 0),
        en=_filled(kind, kind.en, 1),
        alarm=kind.name,
    )


def _standing(which: str) -> str:
    # Each node of a center publishes all alarms.
    return f"max by (center, alarm, subject) (securwoman_alarms_standing{{{which}}}) > 0"


def _filled(kind: AlarmKind, words: Words, language: int) -> Words:
    subject = _LATE if kind.name == "deadline.missed" else _SUBJECT
    name = _SOMEBODY[kind.about][language] if kind.about in _SOMEBODY else subject
    texts = (text.replace("{s}", name) for text in (words.short, words.means, words.do))
    return Words(*(text[:1].upper() + text[1:] for text in texts))
