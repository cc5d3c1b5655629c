"""Test calls on lines, in the run directory: what somebody wants (`NAME.trial-order`), and how it goes
(`NAME.trial`), until the next one on that line.

The web writes the order, ahead of the journal's `line.seized`, and the wish that it ends; the LineTester
removes it when the line is nobody's again. The number that is called stands here alone: the journal forgets
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
    """Want it. Raises OSError."""
    publish(run / f"{wanted.line}.trial-order", msgspec.json.encode(wanted))


def ordered(run: Path) -> Iterator[TrialOrder]:
    """What is wanted now."""
    for file in run.glob("*.trial-order"):
        if (found := published(file, _order.decode)) is not None:
            yield found


def order_of(run: Path, line: LineId) -> TrialOrder | None:
    """What is wanted of this line."""
    return published(run / f"{line}.trial-order", _order.decode)


def forget(run: Path, line: LineId) -> None:
    """Nothing is wanted of this line any more."""
    with suppress(OSError):
        (run / f"{line}.trial-order").unlink(missing_ok=True)


def tell(run: Path, trial: LineTrial) -> None:
    """Say how it goes. Where that cannot be written the page shows less."""
    with suppress(OSError):
        publish(run / f"{trial.line}.trial", msgspec.json.encode(trial))


def trial_of(run: Path, line: LineId) -> LineTrial | None:
    """The last one of this line; None: there was none since the node was started."""
    return published(run / f"{line}.trial", _trial.decode)
