"""Ending of idle sessions: those without use for a set time and without an open alert.

A session is in use if its page sends requests, or is open and waits for alerts. A waiting operator is not
idle, even all night. The open page of a supervisor or admin counts only while that person is ready: with its
data and rights beyond alerts, it must not be left unattended. An exception is a session opened by a token:
its browser would sign on again with the token. A session of an operator with an open case does not end, and
no shift ends with a session.
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
from store.registry.access.sessions import SignOnMethod
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


def counts_open_page(role: StaffRole, way: SignOnMethod, shift: ShiftState) -> bool:
    """Return True if an open page alone is a use of the session."""
    return role is StaffRole.OPERATOR or way is SignOnMethod.TOKEN or shift is ShiftState.READY


def end_idle_sessions(
    tx: Transaction, used: Set[bytes], open_: Set[bytes], *, idle_s: float
) -> list[OperatorId]:
    """Record the sessions in use, and end those that no node has seen in use for `idle_s` seconds; return
    their operators. `used`, `open_`: keys of the sessions with a use, or an open page, at this node since the
    last call.
    """
    ended: list[OperatorId] = []
    for key, who, way, used_us, role in tx.all(_STANDING, tx.at_us):
        name = OperatorId(who)
        shown = bytes(key) in open_ and counts_open_page(StaffRole(role), SignOnMethod(way), _shift(tx, name))
        if used_us is None or bytes(key) in used or shown:
            tx.write_nondurable(_USED, tx.at_us, key)
        elif tx.at_us - Instant(used_us) >= idle_s * SECOND and open_case(tx, name) is None:
            tx.write_nondurable(_END, tx.at_us, key)
            ended.append(name)
    return ended


def _shift(tx: Transaction, who: OperatorId) -> ShiftState:
    last = tx.last_of_type(streams.operator(who), "operator.shift_changed")
    return last.event.state if last is not None and isinstance(last.event, ShiftChanged) else ShiftState.OFF
