"""Files of test calls in the run directory: order (`NAME.trial-order`) and state (`NAME.trial`) by line.

The web writes the order, ahead of the journal's `line.seized`, and the request to stop; the LineTest
removes the order when the line is released. The called number is only here, since the journal forgets
nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import msgspec

from features.selftest.trial import LineTrial, TrialOrder
from messages.ids import LineId
from runtime.published.file import publish, published

_order = msgspec.json.Decoder(TrialOrder)
_trial = msgspec.json.Decoder(LineTrial)


def order(run: Path, wanted: TrialOrder) -> None:
    """Write the order. Raises OSError."""
    publish(run / f"{wanted.line}.trial-order", msgspec.json.encode(wanted))


def ordered(run: Path) -> Iterator[TrialOrder]:
    """Yield the present orders."""
    for file in run.glob("*.trial-order"):
        if (found := published(file, _order.decode)) is not None:
            yield found


def order_of(run: Path, line: LineId) -> TrialOrder | None:
    """Return the order for this line; None if there is none."""
    return published(run / f"{line}.trial-order", _order.decode)


def forget(run: Path, line: LineId) -> None:
    """Remove the order for this line."""
    with suppress(OSError):
        (run / f"{line}.trial-order").unlink(missing_ok=True)


def tell(run: Path, trial: LineTrial) -> None:
    """Write the state of the call. A failure to write is ignored: the page then shows less."""
    with suppress(OSError):
        publish(run / f"{trial.line}.trial", msgspec.json.encode(trial))


def trial_of(run: Path, line: LineId) -> LineTrial | None:
    """Return the last test call of this line; None if there was none since the node's start."""
    return published(run / f"{line}.trial", _trial.decode)
