"""When a session is idle, and ends: without use for so long, and without an open alert.

Used means: something was done at its page, or its page is open and waits for alerts. An operator who waits is
not idle, all night. A supervisor's or admin's open page counts only while that person is ready, for what it
shows and may besides alerts is not to be left alone; but for one that a token has opened: its browser would
sign on by it again. No session of an operator with an open case ends, and no shift ends with one.
"""

from __future__ import annotations

from collections.abc import Set
from typing import Final

from sqlalchemy import bindparam, select, update

from messages.events import ShiftChanged
from messages.ids import SECOND, Instant, OperatorId, ShiftState
from store import streams
from store.alerts.of_operator import open_case
from store.database.query import Query
from store.database.schema import operator, session
from store.journal.journal import Transaction
from store.registry.access.sessions import Way
from store.registry.people import StaffRole

_s = session.c
_STANDING: Final = Query(
    select(_s.hash, _s.operator, _s.way, _s.used_us, operator.c.role)
    .join_from(session, operator, operator.c.id == _s.operator)
    .where(_s.ended_us.is_(None), _s.until_us > bindparam("now")),
    "now",
)
_USED: Final = Query(
    update(session).where(_s.hash == bindparam("which")).values(used_us=bindparam("at")), "at", "which"
)
_END: Final = Query(
    update(session)
    .where(_s.hash == bindparam("which"), _s.ended_us.is_(None))
    .values(ended_us=bindparam("at")),
    "at",
    "which",
)


def waits_for_alerts(role: StaffRole, way: Way, shift: ShiftState) -> bool:
    """Whether an open page alone is a use of the session."""
    return role is StaffRole.OPERATOR or way is Way.TOKEN or shift is ShiftState.READY


def sweep(tx: Transaction, used: Set[bytes], open_: Set[bytes], *, idle_s: float) -> list[OperatorId]:
    """Note which were in use, and end those that no node has seen in use for so long; their operators.

    `used`, `open_`: the keys of those with a use, or a page, at this node since it was asked last.
    """
    ended: list[OperatorId] = []
    for key, who, way, used_us, role in tx.all(_STANDING, tx.at_us):
        name = OperatorId(who)
        shown = bytes(key) in open_ and waits_for_alerts(StaffRole(role), Way(way), _shift(tx, name))
        if used_us is None or bytes(key) in used or shown:
            tx.write_meanwhile(_USED, tx.at_us, key)
        elif tx.at_us - Instant(used_us) >= idle_s * SECOND and open_case(tx, name) is None:
            tx.write_meanwhile(_END, tx.at_us, key)
            ended.append(name)
    return ended


def _shift(tx: Transaction, who: OperatorId) -> ShiftState:
    last = tx.last_of_type(streams.operator(who), "operator.shift_changed")
    return last.event.state if last is not None and isinstance(last.event, ShiftChanged) else ShiftState.OFF
