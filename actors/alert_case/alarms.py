"""Which alarms of the center's an alert raises, and when they are over, from its state alone. Pure.

An AlertCase that takes the alert up says anew what stands: the alarms of a node end with its start. A test
alarms nobody.
"""

from __future__ import annotations

from typing import Final

from messages.ids import Party
from messages.lines import Lack
from model.alarms.standing import NO_LINE_FOR_112, Alarm, Key, due, nothing_else
from model.alert.case import Case
from model.rules.calls.attempts import lines_fail

NO_LINE_TO_OPERATOR: Final = "alert.no_operator_line"
BROKEN: Final = "ended_soon_after_leave"
_WHY: Final = {
    Lack.NONE: "there is no line for it",
    Lack.OUT_OF_USE: "no line for it is of use",
    Lack.TAKEN: "all lines for it are taken",
    Lack.FAILING: "calls fail on each line",
    Lack.GUARDED: "the dial guard does not let it pass",
}


def alarms(before: Case, after: Case) -> list[Alarm]:
    """What is to be said of the step from one state to the next."""
    was, now = _standing(before), _standing(after)
    # An owner that is new has told nothing, and takes back what the one before it has told.
    told = was if before.owner == after.owner else dict.fromkeys(was, "")
    return due(told, nothing_else(now, was), reworded=True)


def _standing(case: Case) -> dict[Key, str]:
    if case.closed_at is not None or case.test:
        return {}
    standing: dict[Key, str] = {}
    if case.to_112.no_line:
        why = _WHY[Lack(case.to_112.no_line)]
        standing[NO_LINE_FOR_112, case.alert] = f"112 is wanted for an alert and is not called: {why}."
    if lines_fail(case, Party.OPERATOR) and case.operator is None and not case.leaving:
        standing[NO_LINE_TO_OPERATOR, case.alert] = (
            "No operator can be called for an alert: calls fail on each line."
        )
    if case.leave.broken_at is not None:
        who = "The user's call" if case.leave.broken_party is Party.USER else "The call to 112"
        standing[BROKEN, case.alert] = (
            f"{who} has ended soon after the operator had left the conference, or was cut off."
        )
    return standing
