"""Erasure of personal data in an alert, or of a whole person, by destroying keys: the journal stays
unchanged.

An erasure is one transaction: the person's rows of the registry, and the keys of all alerts of that person.
An alert under a hold is only marked as the person's. `erase_expired` erases the alert when the hold has
ended, and all data that exceeds its retention (`model.rules.retention`). The next sweep completes an
interrupted one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial
from typing import Final

import msgspec
from sqlalchemy import bindparam, delete, exists, func, or_, select, update

from messages.events import (
    AlertErased,
    AlertHoldEnded,
    AlertReceived,
    AlertSignalAdded,
    NumberRaised,
    UserIdentified,
)
from messages.ids import AlertId, PersonalKind, UserId
from model.rules.retention import RetainedAlert, erasure_reason, kinds_to_erase
from model.settings.storage import RetentionSettings
from store import shift_notes, streams
from store.alerts.candidates import is_open
from store.database.query import Query
from store.database.schema import alert_key, alias, person
from store.errors import InAnAlert, NotRegistered
from store.journal import erasable
from store.journal.journal import Append, Journal, Transaction
from store.journal.transaction import Snapshot
from store.registry.people import User
from store.registry.users import users
from store.registry.users.merged import record_change

PAGE: Final = 50
"""Number of alerts that a step of the sweep reads."""
TOGETHER: Final = 10
"""Number of alerts that a transaction of the sweep erases: 4 ms of the journal's write lock, and one
notification of the AlertIntake in place of ten."""

_k = alert_key.c
_COLUMNS: Final = dict(zip(PersonalKind, (_k.number, _k.position, _k.words), strict=True))
_DESTROY: Final = {
    kind: Query(update(alert_key).where(_k.alert == bindparam("of")).values({column.name: None}), "of")
    for kind, column in _COLUMNS.items()
}
OF_PERSON: Final = Query(select(_k.alert).where(_k.person == bindparam("who")), "who")
_READABLE = or_(*(column.is_not(None) for column in _COLUMNS.values()))
_COUNT: Final = Query(select(func.count()).select_from(alert_key).where(_READABLE))
_PAGE: Final = Query(
    select(_k.alert)
    .where(_k.alert > bindparam("after"), _READABLE)
    .order_by(_k.alert)
    .limit(bindparam("most")),
    "after",
    "most",
)
_PERSON_GONE: Final = Query(
    select(_k.person).where(
        _k.alert == bindparam("of"), _k.person.is_not(None), ~exists().where(person.c.id == _k.person)
    ),
    "of",
)
_DROP_ALIAS: Final = Query(delete(alias).where(alias.c.stream == bindparam("of")), "of")


class Erasure(msgspec.Struct, frozen=True, kw_only=True):
    """Outcome of an erasure for one alert."""

    alert: AlertId
    kinds: tuple[PersonalKind, ...]
    """Kinds of personal data that were erased; empty if none was due, as under a hold."""


def erase_person(journal: Journal, user: UserId, *, by: str) -> tuple[Erasure, ...]:
    """Erase the person's rows of the registry, and the personal data in all alerts of that person.

    Raises NotRegistered; InAnAlert while one of these alerts is open; JournalNotDurable, JournalError.
    """

    def work(tx: Transaction) -> tuple[Erasure, ...]:
        known = users.read_user(tx, user)
        if known is None:
            raise NotRegistered(f"no user has the id {user}")
        who = known.id
        theirs = sorted(alerts_of(tx, known))
        for alert in theirs:
            if is_open(tx, alert):
                raise InAnAlert(
                    f"the alert {alert} of {user} is open: erase the person after the alert is closed"
                )
            tx.set_person(alert, who)
        record_change(tx, who, by, "erased")
        users.drop(tx, known)
        return tuple(_erase_alert(tx, alert, RetentionSettings(), by) for alert in theirs)

    return journal.transact(work)


def end_hold(journal: Journal, alert: AlertId, *, by: str) -> Erasure:
    """End the hold of the alert. If its person was erased meanwhile, its personal data is erased now; data
    past its retention is erased by the next sweep. Raises JournalNotDurable, JournalError.
    """

    def work(tx: Transaction) -> Erasure:
        tx.append(Append(streams.inbox(alert), None, (AlertHoldEnded(by=by),)))
        if tx.one(_PERSON_GONE, alert) is None:
            return Erasure(alert=alert, kinds=())
        return _erase_alert(tx, alert, RetentionSettings(), by)

    return journal.transact(work)


def erase_expired(journal: Journal, retention: RetentionSettings) -> Iterator[tuple[Erasure, ...]]:
    """Erase what is due: notes of the room first, then a page of alerts per step. The sweep may be
    interrupted at any step, and several may run at once. Raises JournalError.
    """
    journal.transact(partial(shift_notes.delete_old_notes, words_days=retention.words_days))
    after = ""
    while page := [AlertId(row[0]) for row in journal.rows(_PAGE, after, PAGE)]:
        after = page[-1]
        wanted = journal.snapshot(partial(_alerts_to_erase, page, retention))
        yield tuple(
            done
            for first in range(0, len(wanted), TOGETHER)
            for done in journal.transact(
                partial(_erase_alerts, alerts=wanted[first : first + TOGETHER], retention=retention)
            )
        )


def count_readable(journal: Journal) -> int:
    """Return the number of alerts with readable personal data. Raises JournalError."""
    row = journal.row(_COUNT)
    return 0 if row is None else int(row[0])


def is_held(seen: Snapshot, alert: AlertId) -> bool:
    """Return True if a legal hold keeps the alert from being erased."""
    held = seen.last_of_type(streams.inbox(alert), "alert.held")
    ended = seen.last_of_type(streams.inbox(alert), "alert.hold_ended")
    return held is not None and (ended is None or ended.version < held.version)


def _alerts_to_erase(alerts: list[AlertId], retention: RetentionSettings, seen: Snapshot) -> list[AlertId]:
    return [alert for alert in alerts if kinds_to_erase(_read_retained(seen, alert), retention, seen.at_us)]


def _read_retained(seen: Snapshot, alert: AlertId) -> RetainedAlert:
    closed = None if is_open(seen, alert) else seen.last_of_type(streams.case(alert), "alert.closed")
    return RetainedAlert(
        kinds=erasable.kinds_of(seen.one, alert),
        closed_at=None if closed is None else closed.at_us,
        held=is_held(seen, alert),
        erased=seen.one(_PERSON_GONE, alert) is not None,
    )


def _erase_alerts(
    tx: Transaction, alerts: list[AlertId], retention: RetentionSettings
) -> tuple[Erasure, ...]:
    return tuple(_erase_alert(tx, alert, retention, by="") for alert in alerts)


def _erase_alert(tx: Transaction, alert: AlertId, retention: RetentionSettings, by: str) -> Erasure:
    """Destroy the keys that are due, and record the erasure in the alert's inbox."""
    found = _read_retained(tx, alert)
    kinds = kinds_to_erase(found, retention, tx.at_us)
    if kinds:
        named = _streams_of(tx, alert) if PersonalKind.NUMBER in kinds else []
        for kind in kinds:
            tx.forget(_DESTROY[kind], alert)
        for stream in named:
            # Another alert of this number that keeps its key must still be found by the number.
            if not any(
                PersonalKind.NUMBER in erasable.kinds_of(tx.one, one)
                for one in _alerts_named_by(tx, (stream,))
            ):
                tx.write(_DROP_ALIAS, stream)
        erased = AlertErased(by=by, kinds=kinds, reason=erasure_reason(found))
        tx.append(Append(streams.inbox(alert), None, (erased,)))
    return Erasure(alert=alert, kinds=kinds)


def alerts_of(seen: Snapshot, known: User) -> set[AlertId]:
    """Return the alerts in which this person was identified, and those of the person's numbers and devices in
    which no person was identified.
    """
    named = erasable.streams_of(
        seen.one, known.phones, (*known.devices, *users.devices_enrolled(seen, known.id))
    )
    unknown = {
        alert
        for alert in _alerts_named_by(seen, named)
        if (row := seen.one(erasable.KEY_ROW, alert)) is not None and row[-1] in (None, known.id)
    }
    return unknown | {AlertId(row[0]) for row in seen.all(OF_PERSON, known.id)}


def _alerts_named_by(seen: Snapshot, named: Iterable[str]) -> set[AlertId]:
    """Return the alerts named by these streams of numbers and devices."""
    return {
        one.event.alert for name in named for one in seen.read(name) if isinstance(one.event, NumberRaised)
    }


def _streams_of(seen: Snapshot, alert: AlertId) -> list[str]:
    """Return the streams of all numbers and devices that the alert contains."""
    said = [one.event for one in (*seen.read(streams.inbox(alert)), *seen.read(streams.case(alert)))]
    signals = [one for one in said if isinstance(one, AlertReceived | AlertSignalAdded)]
    phones = [
        one.phone for one in (*signals, *(other for other in said if isinstance(other, UserIdentified)))
    ]
    return erasable.streams_of(seen.one, phones, [name for one in signals for name in (one.device, one.key)])
