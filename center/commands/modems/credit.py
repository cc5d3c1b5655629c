"""`modem credit`: the credit of a line's SIM, requested from its network by the running center."""

from __future__ import annotations

import secrets
import time
from typing import TYPE_CHECKING, Annotated, Final

from cyclopts import Parameter

from application.errors import CenterError
from application.options import DEFAULT, Common

if TYPE_CHECKING:
    from messages.credit import LineCredit

LONGEST_S: Final = 430.0
"""Longest wait, in seconds: for the line's turn, and for an answer by SMS
(`gateways.gsm.line.credit_order`).
"""
AGAIN_S: Final = 0.2


def credit(
    line: Annotated[str, Parameter(help="Name of the line, as modem list prints it.")],
    /,
    *,
    common: Common = DEFAULT,
) -> int:
    """Request the credit of a line's SIM, as configured (`credit` of its `[[modem]]`).

    Wait until the line is free, and for the answer. Exit with 0 if the amount is known and sufficient.
    """
    from application.state.state_dir import running
    from messages.credit import CreditOrder
    from messages.ids import SECOND, Instant, LineId
    from runtime.published import line_files

    state = common.directory
    if running(state) is None:
        raise CenterError("the center does not run: start it first (securwoman run)")
    if LineId(line) not in line_files.read_all(state.run):
        raise CenterError(f"this node has no line {line}")
    begun_at = Instant(int(time.time() * SECOND))
    order = CreditOrder(order=secrets.token_hex(8), line=LineId(line), begun_at=begun_at)
    line_files.order_credit(state.run, order)
    until_s = time.monotonic() + LONGEST_S
    while time.monotonic() < until_s:
        found = line_files.credit_of(state.path, order.line)
        if found is not None and found.order == order.order and found.ended_at is not None:
            common.data(found) if common.json else common.print_line(in_words(found))
            return 0 if found.amount is not None and not found.low else 1
        time.sleep(AGAIN_S)
    line_files.forget_credit_order(state.run, order.line)
    raise CenterError(f"{line}: the process of the line does not report: see securwoman doctor")


def in_words(credit: LineCredit) -> str:
    """Return the credit in one line for a terminal."""
    if credit.amount is None:
        said = f" ({credit.text})" if credit.text else ""
        return f"{credit.line}: not known: {str(credit.failure).replace('_', ' ')}{said}"
    low = f", less than {credit.least:g}" if credit.low else ""
    return f"{credit.line}: {credit.amount:.2f}{low}: {credit.text}"
