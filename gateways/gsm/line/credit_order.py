"""The steps of a credit query: the network reports the credit of a line's SIM, once for each order. Pure.

The answer to a code comes within seconds, to a text within minutes. A process that dies meanwhile leaves the
state of the order in a file. The query is not repeated, because it may cost something; a new order is needed.
"""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace

from messages.credit import CreditFailure, CreditOrder, LineCredit
from messages.ids import SECOND, Instant
from model.credit import parse_amount
from model.settings.lines import CreditSettings

FREE_WITHIN_US: Final = Instant(120 * SECOND)
"""Longest wait for a free line: calls come first."""
CODE_WITHIN_US: Final = Instant(40 * SECOND)
TEXT_WITHIN_US: Final = Instant(300 * SECOND)
"""Longest wait for an answer by text, from the query on: the text waits for its turn, too."""


def started(order: CreditOrder, before: LineCredit | None, now_us: Instant) -> LineCredit:
    """Take over the order; return its state. `before`: the line's last state, from the file."""
    if before is not None and before.order == order.order:
        if before.ended_at is not None or before.asked_at is None:
            return before
        return failed(before, CreditFailure.INTERRUPTED, now_us)
    return LineCredit(order=order.order, line=order.line, begun_at=order.begun_at)


def advance(
    credit: LineCredit, question: CreditSettings, now_us: Instant, *, free: bool
) -> tuple[LineCredit, bool]:
    """Return the present state of the order, and True if the network is to be queried now; called each
    second. `free`: the line has no call, and can have none.
    """
    if credit.ended_at is not None:
        return credit, False
    if not question.asked:
        return failed(credit, CreditFailure.NOT_SET, now_us), False
    if credit.asked_at is not None:
        within_us = CODE_WITHIN_US if question.ussd else TEXT_WITHIN_US
        late = now_us - credit.asked_at >= within_us
        return (failed(credit, CreditFailure.NO_ANSWER, now_us) if late else credit), False
    if now_us - credit.begun_at >= FREE_WITHIN_US:
        return failed(credit, CreditFailure.BUSY, now_us), False
    if not free:
        return credit, False
    return replace(credit, asked_at=now_us, least=question.least or None), True


def answered(credit: LineCredit, question: CreditSettings, words: str, now_us: Instant) -> LineCredit:
    """Return the state of the order after the network's answer `words`; empty for no answer."""
    if credit.asked_at is None or credit.ended_at is not None:
        return credit
    if not words:
        return failed(credit, CreditFailure.NO_ANSWER, now_us)
    credit = replace(credit, text=words)
    amount = parse_amount(words, question.pattern)
    if amount is None:
        return failed(credit, CreditFailure.NOT_UNDERSTOOD, now_us)
    return replace(credit, amount=amount, ended_at=now_us)


def failed(credit: LineCredit, why: CreditFailure, now_us: Instant, text: str = "") -> LineCredit:
    """Return the state of the order as failed for this reason."""
    return replace(credit, failure=why, ended_at=now_us, text=text or credit.text)
