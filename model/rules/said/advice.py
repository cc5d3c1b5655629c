"""What the app is advised to do, and why it is told to call 112 itself. Pure.

Who finds the reason says it: the intake, the AlertIntake (no crew), the AlertCase (no operator, no line) and
the DeadlineWatchdog. Once said it stands; only a reopening takes it back.
"""

from __future__ import annotations

from enum import StrEnum

from messages.events import AdviceChanged
from messages.ids import Advice
from model.alert.case import Case
from model.rules.cancelling import tried


class Why(StrEnum):
    """The reason, as the journal has it."""

    NOT_DURABLE = "not durable"
    ALL_AT_WORK = "all crews are at work"
    NO_OPERATOR = "no operator"
    NO_LINE_FOR_112 = "no line for 112"
    FORECAST = "forecast"
    """No callback can be in time any more."""
    DEADLINE = "deadline"


def call_112_now(why: Why) -> AdviceChanged:
    """The event that says so."""
    return AdviceChanged(advice=Advice.CALL_112_NOW, reason=why.value)


def at_receipt(*, durable: bool, all_at_work: bool) -> tuple[AdviceChanged, ...]:
    """Return what a new alert's app is told with the receipt where the alert cannot be handled now (case 10):
    nothing else can tell it sooner. `durable`: the alert is on the disk; `all_at_work`: this node has as many
    alerts open as it handles at a time (of several nodes: those whose leases it has).
    """
    if not durable:
        return (call_112_now(Why.NOT_DURABLE),)
    return (call_112_now(Why.ALL_AT_WORK),) if all_at_work else ()


def waits(case: Case) -> bool:
    """Whether the app still waits for a callback that has not come."""
    return case.advice is Advice.WAIT and case.met_at is None


def told_to_app(case: Case) -> Advice:
    """Return the advice that the app is shown: never to call 112 once somebody has tried to cancel. The call
    would be heard, and the advice follows from the calls, which follow from the PIN.
    """
    return Advice.WAIT if tried(case) else case.advice
