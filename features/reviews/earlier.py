"""Earlier alerts of the person of a shown alert: their number, and the newest.

Found by the streams of the person's numbers and devices, which name the alerts: no search and no table are
needed. At most EXAMINED_MAX alerts are read.
"""

from __future__ import annotations

from collections.abc import Set
from typing import Final

import msgspec

from features.reviews.finding import Users
from messages.ids import AlertId, Instant, Outcome, UserId
from model import figures
from model.alert.case import Case
from model.alert.evolve import fold
from store import streams
from store.journal import erasable, history
from store.journal.journal import Journal
from store.registry.users.merged import other_ids

EXAMINED_MAX: Final = 50
SHOWN: Final = 3


class EarlierAlert(msgspec.Struct, frozen=True, kw_only=True):
    """An earlier alert."""

    alert: AlertId
    received_us: Instant
    test: bool
    missed: bool
    duress: bool
    silent: bool
    closed_us: Instant | None
    outcome: Outcome | None


class Earlier(msgspec.Struct, frozen=True, kw_only=True):
    """Earlier alerts. `more`: True if some were not counted."""

    count: int = 0
    more: bool = False
    alerts: tuple[EarlierAlert, ...] = ()
    """Newest first."""


def earlier(journal: Journal, users: Users, case: Case) -> Earlier:
    """Return the person's alerts before this one; empty for an erased person. Raises StoreError."""
    phones, devices = [case.phone], [case.device]
    own = {None, case.user}
    if case.user is not None:
        known = users.user(case.user)
        if known is None:
            return Earlier()
        phones += known.phones
        devices += known.devices
        own |= {known.id, *other_ids(journal.rows, known.id)}
    names = erasable.streams_of(journal.row, phones, devices)
    before = history.raised_before(journal, names, case.alert, EXAMINED_MAX + 1)
    found = [one for alert in before[:EXAMINED_MAX] if (one := _of_user(journal, alert, own)) is not None]
    return Earlier(count=len(found), more=len(before) > EXAMINED_MAX, alerts=tuple(found[:SHOWN]))


def _of_user(journal: Journal, alert: AlertId, own: Set[UserId | None]) -> EarlierAlert | None:
    """Return the alert; None if another person raised it, such as an erased former owner of the number."""
    recorded = journal.read_streams(streams.inbox(alert), streams.case(alert))
    case, row = fold(recorded), figures.row_of(recorded)
    if case is None or row is None or case.user not in own:
        return None
    return EarlierAlert(
        alert=alert,
        received_us=row.received_us,
        test=row.test,
        missed=row.missed,
        duress=case.duress,
        silent=case.silent,
        closed_us=row.closed_us,
        outcome=row.outcome,
    )
