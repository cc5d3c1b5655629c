"""What is said under the alias of a signal that has joined an alert: kept for the operator, and bounded."""

from __future__ import annotations

from msgspec.structs import replace

from messages.base import Position
from messages.events import ClaimAdded
from messages.ids import E164, AlertId, ClaimKind, Proof
from model.rules.duplicates import keeps_claim
from store import streams
from store.alerts import lately
from store.alerts.known import is_open, known_alert
from store.alerts.skipped import Skipped
from store.journal.journal import Append, Transaction


def add_claim(
    transaction: Transaction,
    alert: AlertId,
    alias: AlertId,
    kind: ClaimKind,
    *,
    signer: E164 | None,
    skipped: Skipped,
    position: Position | None = None,
    text: str = "",
) -> None:
    """Keep what was said where the alert is open, and not said a moment ago. `signer`: the number of the
    enrolled phone that has signed it; None: nobody has.
    """
    known = known_alert(transaction, alert)
    if known is None or not is_open(transaction, alert):
        return
    proof = Proof.DEVICE if signer is not None and signer == known.number else Proof.APP
    claim = ClaimAdded(alias=alias, kind=kind, proof=proof, position=position, text=text)
    came = lately.signals(transaction, alert)
    if any(isinstance(one.event, ClaimAdded) and replace(one.event, skipped=0) == claim for one in came):
        return
    if keeps_claim(came, transaction.at_us):
        claim = replace(claim, skipped=skipped.take(alert, claimed=True))
        transaction.append(Append(streams.inbox(alert), None, (claim,)))
    else:
        skipped.add(alert, claimed=True)
