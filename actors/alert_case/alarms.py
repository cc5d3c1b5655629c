"""Which alarms of the center's an alert raises, and when they are over, from its state alone. Pure.

An AlertCase that takes the alert up says anew what stands: the alarms of a node end with its start. A test
alarms nobody.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from messages.events import AlarmCleared, AlarmRaised
from messages.ids import Party
from messages.lines import Lack
from model.alert.case import Case
from model.rules.pauses import lines_fail

NO_LINE_FOR_112: Final = "psap.no_line"
NO_LINE_TO_OPERATOR: Final = "alert.no_operator_line"
BROKEN: Final = "ended_soon_after_leave"
_WHY: Final = {
    Lack.NONE: "there is no line for it",
    Lack.OUT_OF_USE: "no line for it is of use",
    Lack.TAKEN: "all lines for it are taken",
    Lack.FAILING: "calls fail on each line",
    Lack.GUARDED: "the dial guard does not let it pass",
}


def alarms(before: Case, after: Case) -> Iterator[AlarmRaised | AlarmCleared]:
    """What is to be said of the step from one state to the next."""
    was, now = _standing(before), _standing(after)
    anew = before.owner != after.owner
    for alarm, text in now.items():
        if anew or was.get(alarm) != text:
            yield AlarmRaised(alarm=alarm, subject=after.alert, text=text)
    for alarm in was.keys() - now.keys():
        yield AlarmCleared(alarm=alarm, subject=after.alert)


def _standing(case: Case) -> dict[str, str]:
    if case.closed_at is not None or case.test:
        return {}
    standing: dict[str, str] = {}
    if case.to_112.no_line:
        why = _WHY[Lack(case.to_112.no_line)]
        standing[NO_LINE_FOR_112] = f"112 is wanted for an alert and is not called: {why}."
    if lines_fail(case, Party.OPERATOR) and case.operator is None and not case.leaving:
        standing[NO_LINE_TO_OPERATOR] = "No operator can be called for an alert: calls fail on each line."
    if case.leave.broken_at is not None:
        who = "The user's call" if case.leave.broken_party is Party.USER else "The call to 112"
        standing[BROKEN] = f"{who} has ended soon after the operator had left the conference, or was cut off."
    return standing
