"""Earlier alerts of the person whose alert is looked at: how many, and the newest of them.

Found by the streams of the person's numbers and devices, which name the alerts; no search, no table, at most
EXAMINED_MAX of them are looked at.
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
    """One of them."""

    alert: AlertId
    received_us: Instant
    test: bool
    missed: bool
    duress: bool
    silent: bool
    closed_us: Instant | None
    outcome: Outcome | None


class Earlier(msgspec.Struct, frozen=True, kw_only=True):
    """What there was before. `more`: there are some that were not counted."""

    count: int = 0
    more: bool = False
    alerts: tuple[EarlierAlert, ...] = ()
    """The newest, newest first."""


def earlier(journal: Journal, users: Users, case: Case) -> Earlier:
    """Those of this person before this alert; none of one who was erased. Raises StoreError."""
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
    """The alert, unless it was somebody else's: a number may have been another person's, who was erased."""
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
