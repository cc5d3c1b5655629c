"""Search of alerts, open and closed, by number, name or id, and the story of one alert."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import islice
from typing import Final, Protocol

import msgspec
from msgspec.structs import replace

from gateways.console import timeline
from gateways.console.case import case_view
from gateways.console.people import OperatorsView, People, why_none_reopened, why_not_reopened
from gateways.console.read_model import ShownAlert
from gateways.console.tally import Tally
from gateways.console.views.case import CaseView
from messages.ids import E164, AlertId, Channel, Instant, OperatorCommand, OperatorId, Outcome, UserId
from messages.journal import Recorded
from model import figures
from model.alert.case import Case
from model.alert.evolve import fold
from model.filtering import ALL, Filter
from model.orders.of_words import why_no_note
from model.orders.refusals import Refusal
from model.telling.sheet import begin, evolve
from store import streams
from store.alerts.accepting import ALERT_ID
from store.alerts.figures import row_of
from store.journal import erasable, history
from store.journal.journal import Journal
from store.registry.people import User
from store.registry.users.finding import folded

STORY_MAX: Final = 5_000
"""Entries of one story. Positions are counted, not listed."""
TOGETHER: Final = 10
"""Alerts of a list read in one transaction: a few milliseconds, during which the web writes nothing."""
DIGITS_MIN: Final = 3
"""Fewer digits are the end of too many numbers."""
OTHERS_DIGITS_MIN: Final = 7
"""Same limit for others' alerts: fewer digits would let a hidden number be guessed digit by digit."""
USERS_MAX: Final = 500
"""Users read by one search: a longer list would be useless."""


class Users(Protocol):
    """The registry, as far as searches need it. Raises StoreError."""

    def users(self, search: str = "", *, limit: int = 100, offset: int = 0) -> list[User]:
        """Return users by a part of a name or number, or by a whole device or id."""
        ...

    def user(self, user: UserId) -> User | None:
        """Return the user; None for an erased user."""
        ...


class PastAlert(msgspec.Struct, frozen=True, kw_only=True):
    """An alert of the list. `seq` is the value of `before` for the next page."""

    alert: AlertId
    seq: int
    received_us: Instant
    channel: Channel
    test: bool
    duress: bool
    phone: E164 | None
    name: str
    """Empty if unknown; only the first name in another operator's alert."""
    operator: OperatorId | None
    reached_us: Instant | None
    missed: bool
    closed_us: Instant | None
    outcome: Outcome | None
    """Outcome, as corrected by a supervisor if at all."""
    closed_as: Outcome | None
    """Outcome at the closing."""
    erased_us: Instant | None
    """Time of the last erasure of personal data from the alert."""
    reopen: Refusal | None
    """Reason that the alert cannot be reopened; null if it can."""


def found(
    journal: Journal,
    users: Users,
    tally: Tally,
    search: str,
    wanted: Filter,
    me: OperatorId,
    *,
    before: int,
    limit: int,
) -> list[tuple[int, AlertId]]:
    """Return the alerts that match, newest first, received before that place. Raises StoreError.

    A search ignores hidden data of other operators' alerts: these alerts are found by the first name, by most
    digits of a number, by a whole device, and by the alert's id.
    """
    if not search:
        if wanted == ALL:
            return history.newest_alerts(journal, before, limit)
        return [(row.seq, row.alert) for row in islice(tally.each(wanted, before), limit)]
    tally.catch_up()
    everybodys: set[AlertId] = set()
    own: set[AlertId] = set()
    if ALERT_ID.fullmatch(search):
        everybodys |= history.alerts_with_id(journal, search)
    digits = re.sub(r"[^0-9]", "", search)
    is_number = not re.search(r"[^0-9+ ()./-]", search)
    most_is_known = is_number and len(digits) >= OTHERS_DIGITS_MIN
    if is_number and len(digits) >= DIGITS_MIN:
        (everybodys if most_is_known else own).update(history.alerts_of_number(journal, digits))
    for user in [] if is_number and len(digits) < DIGITS_MIN else users.users(search, limit=USERS_MAX):
        names = erasable.streams_of(journal.row, user.phones, user.devices)
        known = most_is_known if is_number else _matches_search(user, search)
        (everybodys if known else own).update(history.alerts_of_streams(journal, names))
    fits: list[tuple[int, AlertId]] = []
    for place, alert in history.alerts_with_seq(journal, everybodys | own):
        row = row_of(journal, alert) if place < before else None
        if row is None or not (wanted == ALL or wanted.fits(row)):
            continue
        if alert in everybodys or row.operator == me:
            fits.append((place, alert))
        if len(fits) == limit:
            break
    return fits


def _matches_search(user: User, search: str) -> bool:
    """Return True if the search uses only data of the user that the list shows in others' alerts."""
    if search in (user.id, *user.devices):
        return True
    first = folded(user.first_name)
    return all(word in first for word in folded(search).split())


def listed(
    journal: Journal, people: People, room: OperatorsView, some: Sequence[tuple[int, AlertId]], me: OperatorId
) -> list[PastAlert]:
    """Return the alerts as listed for `me`; others' without number and last name. Raises JournalError."""
    told: dict[AlertId, list[Recorded]] = {alert: [] for _, alert in some}
    names = [name for alert in told for name in (streams.inbox(alert), streams.case(alert))]
    for one in journal.read_streams(*names):
        if (alert := streams.alert_of(one.stream)) is not None:
            told[alert].append(one)
    found = [
        (seq, case, row)
        for seq, alert in some
        if (case := fold(told[alert])) is not None and (row := figures.row_of(told[alert])) is not None
    ]
    made: list[PastAlert] = []
    for begin_at in range(0, len(found), TOGETHER):
        together = found[begin_at : begin_at + TOGETHER]
        whys = why_none_reopened(journal, [case for _, case, _ in together])
        made += (
            _listed(people, seq, case, row, why or room.refusal(case, OperatorCommand.REOPEN, me), me)
            for (seq, case, row), why in zip(together, whys, strict=True)
        )
    return made


def _listed(
    people: People, seq: int, case: Case, row: figures.AlertRow, reopen: Refusal | None, me: OperatorId
) -> PastAlert:
    erased = case.erased is not None and case.erased.person
    person, own = None if erased else people.person(case.user), row.operator == me
    return PastAlert(
        alert=case.alert,
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
        closed_as=row.closed_as,
        erased_us=None if case.erased is None else case.erased.at,
        reopen=reopen,
    )


class Story(msgspec.Struct, frozen=True, kw_only=True):
    """An alert with its whole history, and its case."""

    case: Case
    view: CaseView


def story(
    journal: Journal, people: People, room: OperatorsView, alert: AlertId, me: OperatorId
) -> Story | None:
    """Return the alert as the journal has it, and the actions open to `me`; None if there is no such alert.
    Raises JournalError.
    """
    known: ShownAlert | None = None
    for recorded in journal.read_streams(streams.inbox(alert), streams.case(alert)):
        known = _told(known, recorded)
    if known is None:
        return None
    case = known.case
    view = replace(
        case_view(known, people.person(case.user)),
        reopen=why_not_reopened(journal, case) or room.refusal(case, OperatorCommand.REOPEN, me),
        note=why_no_note(case) or room.refusal(case, OperatorCommand.NOTE, me),
    )
    return Story(case=case, view=view)


def _told(known: ShownAlert | None, recorded: Recorded) -> ShownAlert | None:
    sheet = begin(recorded) if known is None else evolve(known.sheet, recorded)
    if sheet is None:
        return known
    entries = () if known is None else known.entries
    return ShownAlert(
        sheet=sheet, seq=recorded.seq, entries=timeline.add(entries, recorded, sheet, STORY_MAX)
    )
