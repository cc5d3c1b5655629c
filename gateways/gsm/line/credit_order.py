"""What is due while a line's network is asked what is left on its SIM, once for each order. Pure.

Asked by a code it answers within seconds, by a text within minutes. A process that dies in the middle leaves
what it was at in a file: it is not asked again, because a question may cost something; whoever wants to know
orders anew.
"""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace

from messages.credit import CreditFailure, CreditOrder, LineCredit
from messages.ids import SECOND, Instant
from model.credit import amount_in
from model.settings.lines import CreditSettings

FREE_WITHIN_US: Final = Instant(120 * SECOND)
"""So long the line's turn is waited for: calls come first."""
CODE_WITHIN_US: Final = Instant(40 * SECOND)
TEXT_WITHIN_US: Final = Instant(300 * SECOND)
"""From the order on: the text waits for its turn, too."""


def taken_up(order: CreditOrder, before: LineCredit | None, now_us: Instant) -> LineCredit:
    """The order is this process's from now on; `before`: what the file says of the line."""
    if before is not None and before.order == order.order:
        if before.ended_at is not None or before.asked_at is None:
            return before
        return failed(before, CreditFailure.INTERRUPTED, now_us)
    return LineCredit(order=order.order, line=order.line, begun_at=order.begun_at)


def turn(
    credit: LineCredit, question: CreditSettings, now_us: Instant, *, free: bool
) -> tuple[LineCredit, bool]:
    """How it stands now, and whether the network is to be asked; each second. `free`: no call is on the line,
    nor may be.
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
    """The network has said this, or nothing."""
    if credit.asked_at is None or credit.ended_at is not None:
        return credit
    if not words:
        return failed(credit, CreditFailure.NO_ANSWER, now_us)
    credit = replace(credit, text=words)
    amount = amount_in(words, question.pattern)
    if amount is None:
        return failed(credit, CreditFailure.NOT_UNDERSTOOD, now_us)
    return replace(credit, amount=amount, ended_at=now_us)


def failed(credit: LineCredit, why: CreditFailure, now_us: Instant, text: str = "") -> LineCredit:
    """It is not known, and this is why."""
    return replace(credit, failure=why, ended_at=now_us, text=text or credit.text)
