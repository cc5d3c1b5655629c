"""Finds alerts, open and closed, by her number, her name or the alert's id, and tells the story of one."""

from __future__ import annotations

import re
from typing import Final, Protocol

import msgspec
from msgspec.structs import replace

from gateways.console import timeline
from gateways.console.afterwards import Room
from gateways.console.feed import case_view
from gateways.console.people import People
from gateways.console.picture import Known
from gateways.console.views import CaseView
from messages.ids import E164, AlertId, Channel, Instant, OperatorCommand, OperatorId, Outcome, UserId
from messages.journal import Recorded
from model import figures
from model.alert.case import Case
from model.alert.evolve import begin, evolve, fold
from model.orders.allowed import why_no_note
from model.orders.refusals import Refusal
from store import streams
from store.alerts import reopening
from store.alerts.accepting import ALERT_ID
from store.journal import erasable, history
from store.journal.journal import Journal
from store.registry.people import User

STORY_MAX: Final = 5_000
"""Entries of one story. Positions are counted, not listed."""
USERS_MAX: Final = 500
"""Users whom one search looks at: a longer list is no help to anybody."""


class Users(Protocol):
    """The registry, as far as it is searched. Raises StoreError."""

    def users(self, search: str = "", *, limit: int = 100, offset: int = 0) -> list[User]:
        """By a part of a name or number; all of a device or id."""
        ...

    def user(self, user: UserId) -> User | None:
        """Who it is; None for one who was erased."""
        ...


class PastAlert(msgspec.Struct, frozen=True, kw_only=True):
    """One alert of the list. `seq` goes into `before` for the page that follows."""

    alert: AlertId
    seq: int
    received_us: Instant
    channel: Channel
    test: bool
    duress: bool
    phone: E164 | None
    name: str
    """Empty where it is not known, the first name alone in another operator's alert."""
    operator: OperatorId | None
    reached_us: Instant | None
    missed: bool
    closed_us: Instant | None
    outcome: Outcome | None
    erased_us: Instant | None
    """When something personal was last erased from it."""
    reopen: Refusal | None
    """Why it cannot be reopened; null where it can."""


def found(
    journal: Journal, users: Users, search: str, *, before: int, limit: int
) -> list[tuple[int, AlertId]]:
    """The alerts that fit, newest first, received before that place. Raises StoreError."""
    if not search:
        return history.newest_alerts(journal, before, limit)
    alerts: set[AlertId] = set()
    if ALERT_ID.fullmatch(search):
        alerts |= history.alerts_with_id(journal, search)
    digits = re.sub(r"[^0-9]", "", search)
    if len(digits) >= 3 and not re.search(r"[^0-9+ ()./-]", search):
        alerts |= history.alerts_of_number(journal, digits)
    names = [
        name
        for user in users.users(search, limit=USERS_MAX)
        for name in erasable.streams_of(journal.row, user.phones, user.devices)
    ]
    alerts |= history.alerts_of_streams(journal, names)
    fits = [one for one in history.placed(journal, alerts) if one[0] < before]
    return fits[:limit]


def listed(
    journal: Journal, people: People, room: Room, seq: int, alert: AlertId, me: OperatorId
) -> PastAlert | None:
    """The alert as the list shows it to `me`: of others' no number and no last name. Raises JournalError."""
    recorded = journal.read_streams(streams.inbox(alert), streams.case(alert))
    case, row = fold(recorded), figures.row_of(recorded)
    if case is None or row is None:
        return None
    erased = case.erased is not None and case.erased.person
    person, own = None if erased else people.person(case.user), row.operator == me
    return PastAlert(
        alert=alert,
        seq=seq,
        received_us=row.received_us,
        channel=row.channel,
        test=row.test,
        duress=row.duress,
        phone=case.phone if own else None,
        name="" if person is None else person.name if own else person.first_name,
        operator=row.operator,
        reached_us=row.reached_us,
        missed=row.missed,
        closed_us=row.closed_us,
        outcome=row.outcome,
        erased_us=None if case.erased is None else case.erased.at,
        reopen=why_not_reopened(journal, case) or room.why_not(case, OperatorCommand.REOPEN, me),
    )


def why_not_reopened(journal: Journal, case: Case) -> Refusal | None:
    """As `reopen` would be answered now. Raises JournalError."""
    return journal.transact(lambda on: reopening.why_not(on, case), beside=True)


class Story(msgspec.Struct, frozen=True, kw_only=True):
    """An alert with everything that happened in it, and the case that it was told of."""

    case: Case
    view: CaseView


def story(journal: Journal, people: People, room: Room, alert: AlertId, me: OperatorId) -> Story | None:
    """The alert as the journal has it, and what `me` may still do; None where there is none. Raises
    JournalError.
    """
    known: Known | None = None
    for recorded in journal.read_streams(streams.inbox(alert), streams.case(alert)):
        known = _told(known, recorded)
    if known is None:
        return None
    case = known.case
    view = replace(
        case_view(known, people.person(case.user)),
        reopen=why_not_reopened(journal, case) or room.why_not(case, OperatorCommand.REOPEN, me),
        note=why_no_note(case) or room.why_not(case, OperatorCommand.NOTE, me),
    )
    return Story(case=case, view=view)


def _told(known: Known | None, recorded: Recorded) -> Known | None:
    case: Case | None = begin(recorded) if known is None else evolve(known.case, recorded)
    if case is None:
        return known
    entries = () if known is None else known.entries
    return Known(case=case, seq=recorded.seq, entries=timeline.add(entries, recorded, case, STORY_MAX))
