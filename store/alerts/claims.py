"""Claims: statements under the alias of a signal that has joined an alert, kept for the operator within
limits; and counters, in memory, of repeated signals that were not kept (`model.rules.duplicates`).
"""

from __future__ import annotations

from collections import Counter, OrderedDict
from typing import Final

from msgspec.structs import replace

from messages.base import Position
from messages.events import ClaimAdded, SignalNamed
from messages.ids import E164, AlertId, Assurance, ClaimKind
from model.rules.duplicates import may_keep_claim
from store import streams
from store.alerts import recent
from store.alerts.candidates import is_open, known_alert
from store.journal.journal import Append, Transaction

REMEMBERED_MAX: Final = 1024


class SkippedSignals:
    """Signals that this process has not kept."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[AlertId, bool]] = Counter()
        self._names: OrderedDict[AlertId, SignalNamed] = OrderedDict()

    def add(self, alert: AlertId, *, claimed: bool) -> None:
        """Count one more signal. `claimed`: it came under an alias."""
        if len(self._counts) < REMEMBERED_MAX or self._counts[alert, claimed]:
            self._counts[alert, claimed] += 1

    def take(self, alert: AlertId, *, claimed: bool) -> int:
        """Return the count since the last kept signal, and reset it."""
        return self._counts.pop((alert, claimed), 0)

    def name(self, alias: AlertId, named: SignalNamed) -> SignalNamed:
        """Remember the alias of a signal that was not kept; return the first signal of that alias."""
        if len(self._names) >= REMEMBERED_MAX and alias not in self._names:
            self._names.popitem(last=False)
        return self._names.setdefault(alias, named)

    def named(self, alias: AlertId) -> SignalNamed | None:
        """Return the signal of an alias that is not in the journal; None if unknown."""
        return self._names.get(alias)


def add_claim(
    transaction: Transaction,
    alert: AlertId,
    alias: AlertId,
    kind: ClaimKind,
    *,
    signer: E164 | None,
    skipped: SkippedSignals,
    position: Position | None = None,
    text: str = "",
) -> None:
    """Keep the statement if the alert is open and has no equal recent statement. `signer`: number of the
    enrolled phone that signed it; None if unsigned.
    """
    known = known_alert(transaction, alert)
    if known is None or not is_open(transaction, alert):
        return
    proof = Assurance.DEVICE if signer is not None and signer == known.number else Assurance.APP
    claim = ClaimAdded(alias=alias, kind=kind, proof=proof, position=position, text=text)
    came = recent.recent_signals(transaction, alert)
    if any(isinstance(one.event, ClaimAdded) and replace(one.event, skipped=0) == claim for one in came):
        return
    if may_keep_claim(came, transaction.at_us):
        claim = replace(claim, skipped=skipped.take(alert, claimed=True))
        transaction.append(Append(streams.inbox(alert), None, (claim,)))
    else:
        skipped.add(alert, claimed=True)
