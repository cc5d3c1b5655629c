"""Advice to the app, and reasons for which the app is to call 112 itself. Pure.

The part that finds the reason gives the advice: the intake, the AlertIntake (no worker), the AlertCase (no
operator, no line) and the DeadlineWatchdog. The advice stays in force; only a reopening withdraws it.
"""

from __future__ import annotations

from enum import StrEnum

from messages.events import AdviceChanged
from messages.ids import Advice
from model.alert.case import Case
from model.rules.cancelling import was_cancel_attempted


class AdviceReason(StrEnum):
    """Reason of the advice, as stored in the journal."""

    NOT_DURABLE = "not durable"
    ALL_AT_WORK = "all workers are at work"
    NO_OPERATOR = "no operator"
    NO_LINE_FOR_112 = "no line for 112"
    FORECAST = "forecast"
    """No callback can be in time any more."""
    DEADLINE = "deadline"


def call_112_now(why: AdviceReason) -> AdviceChanged:
    """Return the event that gives the advice."""
    return AdviceChanged(advice=Advice.CALL_112_NOW, reason=why.value)


def advice_at_receipt(*, durable: bool, all_at_work: bool) -> tuple[AdviceChanged, ...]:
    """Return the advice sent with the receipt of a new alert that cannot be handled now: no
    other message can reach the app sooner.

    `durable`: the alert is on the disk; `all_at_work`: this node already has as many alerts open as it can
    handle (of several nodes: the alerts with a lease of this node).
    """
    if not durable:
        return (call_112_now(AdviceReason.NOT_DURABLE),)
    return (call_112_now(AdviceReason.ALL_AT_WORK),) if all_at_work else ()


def is_waiting_for_callback(case: Case) -> bool:
    """Return True if the app still waits for a callback."""
    return case.advice is Advice.WAIT and case.met_at is None


def advice_for_app(case: Case) -> Advice:
    """Return the advice that the app shows: never to call 112 after an attempt to cancel. That call would be
    overheard, and would reveal the PIN's verdict, as the advice depends on calls that depend on the PIN.
    """
    return Advice.WAIT if was_cancel_attempted(case) else case.advice
