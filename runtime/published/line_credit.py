"""What is left on the lines' SIMs: what somebody wants asked (`NAME.credit-order` in the run directory), and
what came of it (`lines/NAME.credit` in the state directory, which outlasts the center as the SIM does).

Whoever wants to know writes the order; the line's GsmModem asks once it is free, says how it goes,
and removes the order at the end. The journal has nothing of it.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Final

import msgspec

from messages.credit import CreditOrder, LineCredit
from messages.ids import LineId
from runtime.published.file import publish, published

_order = msgspec.json.Decoder(CreditOrder)
_credit = msgspec.json.Decoder(LineCredit)
_FOLDER: Final = "lines"


def order(run: Path, wanted: CreditOrder) -> None:
    """Want it. Raises OSError."""
    publish(run / f"{wanted.line}.credit-order", msgspec.json.encode(wanted))


def order_of(run: Path, line: LineId) -> CreditOrder | None:
    """What is wanted of this line."""
    return published(run / f"{line}.credit-order", _order.decode)


def forget(run: Path, line: LineId) -> None:
    """Nothing is wanted of this line any more."""
    with suppress(OSError):
        (run / f"{line}.credit-order").unlink(missing_ok=True)


def tell(state: Path, credit: LineCredit) -> None:
    """Say how it goes. Where that cannot be written it is asked again, by whoever wants it."""
    folder = state / _FOLDER
    with suppress(OSError):
        folder.mkdir(mode=0o700, exist_ok=True)
        publish(folder / f"{credit.line}.credit", msgspec.json.encode(credit))


def credit_of(state: Path, line: LineId) -> LineCredit | None:
    """What is known of this line; None: it was never asked."""
    return published(state / _FOLDER / f"{line}.credit", _credit.decode)
