"""Rules for callouts: alarms that need people on duty, the time of the call, and the end of a callout. Pure.

An alarm acknowledged at a console is in hand: it wakes no person.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Container, Mapping
from datetime import timedelta
from typing import Final
from zoneinfo import ZoneInfo

import msgspec
from msgspec.structs import replace

from messages.events import AlarmRaised, CalloutAlarm, NodeStarted
from messages.ids import SECOND, AlertId, CalloutEnd, CalloutKind, DutyWay, Instant, NodeId
from messages.journal import Recorded
from model.alarms.book import AlarmBook, AlarmKey, AlarmRecord, Nodes, shelved_until
from model.alarms.can_wait import waking_now
from model.alarms.kind import Priority, Responder, Wakes
from model.alarms.table import kind_of, priority_of, rank
from model.callouts.callout import OFTEN_US, Callout, Callouts
from model.callouts.roster import Roster
from model.callouts.times import instant_in, local_in, zone_of

SETTLES_US: Final = Instant(5 * SECOND)
"""Alarms that end within this time wake no person; alarms that come within it are one callout."""
STAFF_ACTS_US: Final = Instant(30 * SECOND)
"""Time that staff on shift have for alarms that an operator or a supervisor can act on."""
RAISED_AGAIN_US: Final = Instant(120 * SECOND)
"""Time after a node's start within which earlier alarms are raised again."""
INTERMITTENT: Final = 3
"""Number of notifications within four hours (`OFTEN_US`) that makes an alarm intermittent."""
INTERMITTENT_US: Final = Instant(5 * 60 * SECOND)
"""Time that an intermittent alarm must stand before the next notification; doubled each time."""
INTERMITTENT_MOST_US: Final = Instant(3600 * SECOND)
NEGLECTED_US: Final = Instant(3600 * SECOND)
"""Time after which a taken alarm that still stands, unacknowledged, is called for again."""
JOINS_US: Final = Instant(15 * 60 * SECOND)
"""Time after a callout was taken within which equally or less severe alarms need no call."""


class WakingBook(AlarmBook):
    """Book of alarms in which an alarm raised again soon after a node's start is the earlier alarm."""

    def __init__(self, is_open: Callable[[AlertId], bool | None]) -> None:
        super().__init__(is_open)
        self._stood_at_start: dict[AlarmKey, tuple[AlarmRecord, Instant]] = {}
        """Each alarm with the start time of its node."""

    def apply(self, node: NodeId, recorded: Recorded) -> bool:
        """Apply an event of a node, as `AlarmBook.apply` does."""
        event, at = recorded.event, recorded.at_us
        if isinstance(event, NodeStarted):
            stood = {key: state for key, state in self.told.items() if key[0] == node and state.stands}
            self._stood_at_start = {key: one for key, one in self._stood_at_start.items() if key[0] != node}
            self._stood_at_start |= {key: (state, at) for key, state in stood.items()}
        changed = super().apply(node, recorded)
        if isinstance(event, AlarmRaised):
            key = node, event.alarm, event.subject
            state, started_at = self._stood_at_start.pop(key, (None, at))
            if state is not None and at - started_at < RAISED_AGAIN_US and key in self.told:
                self.told[key] = replace(state, text=event.text)
        return changed


class PendingAlarms(msgspec.Struct, frozen=True, kw_only=True):
    """Alarms without a notification, or taken without a result; the most severe first."""

    at_once: tuple[CalloutAlarm, ...] = ()
    morning: tuple[CalloutAlarm, ...] = ()


def pending_alarms(
    book: AlarmBook,
    callouts: Callouts,
    now_us: Instant,
    *,
    alive: Nodes,
    staff_present: bool,
    zone: str,
    morning: str,
    test_alerts: Collection[str] = (),
    lines_that_can_wait: Container[str] = (),
) -> PendingAlarms:
    """Return the alarms to be reported at this moment. Alarms that wake at once wait until the first of them
    has settled; then all are returned but intermittent ones.

    `staff_present`: True if staff is on shift. `morning`: hour of the morning, by the clock of `zone`.
    `lines_that_can_wait`: lines whose loss can wait until morning (`model.alarms.can_wait`).
    """
    new = {
        key: state.at
        for key, state in book.told.items()
        if state.stands
        and state.seen_at is None
        and (alive is None or key[0] in alive)
        and (
            state.at > callouts.handled.get(key, 0)
            or _is_neglected(callouts, key, now_us, lines_that_can_wait)
        )
        and not _is_shelved(book, key, now_us)
        and key[2].partition(":")[0] not in test_alerts
    }
    is_morning = {key: now_us >= morning_after(at, zone, morning) for key, at in new.items()}
    kinds = {key: waking_now(*key[1:], lines_that_can_wait) for key in new}
    waking = {
        key: at
        for key, at in new.items()
        if (kinds[key] is Wakes.AT_ONCE or (kinds[key] is Wakes.BY_DAY and is_morning[key]))
        and now_us - at >= _must_stand_us(callouts, key, now_us)
    }
    settled = any(
        now_us - at >= _settles_us(key[1], staff_present=staff_present) for key, at in waking.items()
    )
    waiting = {key: at for key, at in new.items() if kinds[key] is Wakes.MORNING and is_morning[key]}
    return PendingAlarms(at_once=_gravest_first(waking) if settled else (), morning=_gravest_first(waiting))


def reason_to_end(callout: Callout, book: AlarmBook, now_us: Instant, *, alive: Nodes) -> CalloutEnd | None:
    """Return why the callout ends; None while the callout continues, and for a test."""
    if callout.kind is CalloutKind.TEST:
        return None
    keys = {one.key for one in callout.alarms}
    stand = [key for key in book.stand(alive) if key in keys]
    if not stand:
        return CalloutEnd.OVER
    unseen = [key for key in stand if book.told[key].seen_at is None and not _is_shelved(book, key, now_us)]
    return None if unseen else CalloutEnd.SEEN


def standing_alarms(callout: Callout, book: AlarmBook, *, alive: Nodes) -> tuple[CalloutAlarm, ...]:
    """Return the active alarms of the callout, the most severe first, one for each subject."""
    stand = set(book.stand(alive))
    standing = {(one.alarm, one.subject): one for one in reversed(callout.alarms) if one.key in stand}
    return tuple(sorted(standing.values(), key=lambda one: (rank(one.alarm), one.raised_at)))


def callout_to_join(
    alarms: Collection[CalloutAlarm], callouts: Callouts, roster: Roster, now_us: Instant
) -> Callout | None:
    """Return the callout that these alarms join; None if they need a new callout. This is an open callout, or
    one of equal gravity that was taken recently by a person who can be notified in writing.
    """
    for one in callouts.open:
        if one.kind is CalloutKind.ALARM:
            return one
    gravest = _gravest(alarms)
    for one in reversed(callouts.ended):
        lately = one.taken_at is not None and now_us - one.taken_at < JOINS_US
        as_grave = one.kind is CalloutKind.ALARM and gravest >= _gravest(one.alarms)
        if lately and as_grave and _is_written_to(one, roster):
            return one
    return None


def _is_written_to(callout: Callout, roster: Roster) -> bool:
    """Return True if the taker can see alarms that join: at a console, or by a channel other than a call."""
    person = roster.person(callout.taken_by)
    ways = () if person is None else person.contacts
    return callout.operator is not None or any(one.way is not DutyWay.CALL for one in ways)


def morning_after(at: Instant, zone: str, hour: str) -> Instant:
    """Return the first moment after `at` when the local clock (UTC for an unknown zone) shows the hour."""
    place = zone_of(zone) or ZoneInfo("UTC")
    day = local_in(place, at).date()
    first = instant_in(place, day, hour)
    return first if first > at else instant_in(place, day + timedelta(days=1), hour)


def _gravest(alarms: Collection[CalloutAlarm]) -> int:
    return min((list(Priority).index(priority_of(one.alarm)) for one in alarms), default=0)


def _settles_us(name: str, *, staff_present: bool) -> Instant:
    kind = kind_of(name)
    theirs = kind is not None and kind.acts is not Responder.MACHINE
    return STAFF_ACTS_US if theirs and staff_present else SETTLES_US


def _must_stand_us(callouts: Callouts, key: AlarmKey, now_us: Instant) -> int:
    """Return how long the alarm must stand: frequent calls in a night make people switch the phone off."""
    often = sum(now_us - at < OFTEN_US for at in callouts.lately.get(key, ()))
    return 0 if often < INTERMITTENT else min(INTERMITTENT_US << (often - INTERMITTENT), INTERMITTENT_MOST_US)


def _is_neglected(
    callouts: Callouts, key: AlarmKey, now_us: Instant, lines_that_can_wait: Container[str]
) -> bool:
    taken_at = callouts.taken.get(key)
    late = taken_at is not None and now_us - taken_at >= NEGLECTED_US
    return late and waking_now(*key[1:], lines_that_can_wait) is Wakes.AT_ONCE


def _is_shelved(book: AlarmBook, key: AlarmKey, now_us: Instant) -> bool:
    return shelved_until(book.shelf.at(now_us), key[1], key[2], key[0]) is not None


def _gravest_first(found: Mapping[AlarmKey, Instant]) -> tuple[CalloutAlarm, ...]:
    alarms = (
        CalloutAlarm(alarm=key[1], subject=key[2], node=key[0], raised_at=at) for key, at in found.items()
    )
    return tuple(sorted(alarms, key=lambda one: (rank(one.alarm), one.raised_at, one.subject)))
