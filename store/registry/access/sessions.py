"""Sessions of the console: one row per cookie, so that an ended session is ended at every node.

A cookie is a random secret; the row holds only its hash. Rows of one `id` are one session: an operator who
continues at another node gets a cookie of that node, and signing off ends both. Ended rows are kept: the
fallback journal can distinguish an ended session from an unknown one. And strangers' attempts do not delay a
sign-on from an address known for the operator.

Unlike most rows of the registry, sessions start and end also while the disk cannot be written. So an operator
with an alert can still sign on. The change is written when the disk is back (`store.fallback.merge`).
"""

from __future__ import annotations

import hmac
import secrets
from enum import StrEnum
from hashlib import sha256
from typing import Final

import msgspec
from sqlalchemy import bindparam, delete, insert, select, update

from messages.events import PersonalDataChanged, ShiftChanged
from messages.ids import SECOND, Instant, NodeId, OperatorId, ShiftState
from store import streams
from store.database.query import Query, Row
from store.database.schema import operator as operators
from store.database.schema import session
from store.errors import NotRegistered
from store.journal import rows
from store.journal.journal import Append, Journal, Transaction
from store.registry.access.credentials import fingerprint, new_secret

LIFE_S: Final = 16 * 3600
"""Life of a session, in seconds; longer than any shift."""
REMEMBERED_S: Final = 30 * 24 * 3600
"""Time, in seconds, for which an expired session still shows the address of the sign-on."""
TICKET_LIFE_S: Final = 60
_TICKET_MAX: Final = 256
_CHANGED: Final = "user.data_changed"

_s = session.c
_ALL: Final = select(
    _s.hash, _s.id, _s.operator, _s.csrf, _s.begun_us, _s.until_us, _s.node, _s.address, _s.way, _s.used_us
)
_STANDS: Final = (_s.ended_us.is_(None), _s.until_us > bindparam("now"))
_STANDING: Final = Query(_ALL.where(*_STANDS).order_by(_s.begun_us, _s.id), "now")
_BY_HASH: Final = Query(_ALL.where(_s.hash == bindparam("hash"), *_STANDS), "hash", "now")
_BY_ID: Final = Query(_ALL.where(_s.id == bindparam("id"), *_STANDS), "id", "now")
_ADD: Final = Query(insert(session), *(column.name for column in session.columns))
_USED: Final = Query(select(_s.id).where(_s.ticket == bindparam("ticket")), "ticket")
_END: Final = Query(
    update(session)
    .where(_s.id == bindparam("which"), _s.ended_us.is_(None))
    .values(ended_us=bindparam("at")),
    "at",
    "which",
)
_END_OF: Final = Query(
    update(session)
    .where(_s.operator == bindparam("who"), _s.id != bindparam("but"), _s.ended_us.is_(None))
    .values(ended_us=bindparam("at")),
    "at",
    "who",
    "but",
)
_SETTLE: Final = Query(
    update(session).where(_s.id == bindparam("which"), _s.way == "recovery").values(way="password"),
    "which",
)
_FORGET: Final = Query(delete(session).where(_s.until_us <= bindparam("before")), "before")
_ADDRESSES: Final = Query(select(_s.address).where(_s.operator == bindparam("who")).distinct(), "who")
_IS_THERE: Final = Query(select(operators.c.id).where(operators.c.id == bindparam("who")), "who")


class SignOnMethod(StrEnum):
    """Method by which an operator has signed on."""

    PASSWORD = "password"
    CODE = "code"
    """A password and the code of an authenticator app."""
    PASSKEY = "passkey"
    TOKEN = "token"
    RECOVERY = "recovery"
    """A recovery code: a new password may be set without the old one."""


class Session(msgspec.Struct, frozen=True):
    """Cookie of an operator."""

    key: bytes
    """Hash of the cookie's secret."""
    id: str
    operator: OperatorId
    csrf: str
    """Value that the page must repeat with every request that changes data."""
    begun_at: Instant
    until: Instant
    node: NodeId
    address: str
    """IP address of the sign-on; empty if unknown."""
    way: SignOnMethod
    used_at: Instant | None = None
    """Time of the last known use, accurate to a minute or so."""


class StartedSession(msgspec.Struct, frozen=True):
    """Session with the secret of its cookie, which is not stored."""

    session: Session
    secret: str


def start_session(
    tx: Transaction,
    operator: OperatorId,
    address: str,
    as_of: int | None = None,
    *,
    way: SignOnMethod,
    challenge: str = "",
) -> StartedSession:
    """Start a session. `as_of`: value of `changes_of` before the credential was checked. `challenge`:
    challenge of the credential; each is valid for one session.

    Raises NotRegistered if the operator was removed, or got another password, token or role meanwhile.
    """
    if tx.one(_IS_THERE, operator) is None or (as_of is not None and _changes(tx, operator) != as_of):
        raise NotRegistered(
            f"the operator {operator} was removed, or has other credentials by now: sign on again"
        )
    until = Instant(tx.at_us + LIFE_S * SECOND)
    used = fingerprint(challenge) if challenge else None
    if used is not None and tx.one(_USED, used) is not None:
        raise NotRegistered("the challenge was used already: start again")
    return _add(tx, operator, tx.chance(_name), tx.chance(_name), until, address, used, way)


def changes_of(journal: Journal, operator: OperatorId) -> int:
    """Return a number that grows with every change of this operator in the registry. Raises JournalError."""
    last = rows.first(journal.rows(rows.NEWEST_OF_TYPE, streams.operator(operator), _CHANGED))
    return 0 if last is None else last.version


def valid_sessions(journal: Journal, now_us: Instant) -> list[Session]:
    """Return the sessions that are valid now, oldest first. Raises JournalError."""
    return [_session(row) for row in journal.rows(_STANDING, now_us)]


def session_of_secret(journal: Journal, secret: str, now_us: Instant) -> Session | None:
    """Return the session of a cookie; None if it is unknown or has ended. Raises JournalError."""
    row = journal.row(_BY_HASH, fingerprint(secret), now_us)
    return None if row is None else _session(row)


def require_session(tx: Transaction, read: Session) -> None:
    """Check that the session is still valid, with the same method. Raises NotRegistered."""
    row = tx.one(_BY_HASH, read.key, tx.at_us)
    if row is None or _session(row).way is not read.way:
        raise NotRegistered("the session has ended, or was replaced")


def addresses_of(journal: Journal, operator: OperatorId) -> set[str]:
    """Return the addresses of the operator's sign-ons within the last month. Raises JournalError."""
    return {str(row[0]) for row in journal.rows(_ADDRESSES, operator) if row[0]}


def end_session(tx: Transaction, ended: Session, *, last: bool) -> None:
    """End the session at all nodes, for a sign-off. `last`: the operator has no other console for answering,
    so that the shift ends too.
    """
    tx.write_nondurable(_END, tx.at_us, ended.id)
    if last:
        end_shift(tx, ended.operator)


def end_sessions(tx: Transaction, operator: OperatorId, *, but: str = "") -> int:
    """End all sessions of an operator at all nodes, except that of id `but`; return the number of cookies."""
    return tx.write_nondurable(_END_OF, tx.at_us, operator, but)


def mark_password_sign_on(tx: Transaction, which: str) -> None:
    """Mark the session as signed on by password: the recovery code that started it has been replaced."""
    tx.write_nondurable(_SETTLE, which)


def end_session_of(tx: Transaction, operator: OperatorId, which: str) -> bool:
    """End the operator's session of this id at all nodes; return False for none. The shift continues."""
    found = tx.one(_BY_ID, which, tx.at_us)
    return found is not None and found[2] == operator and tx.write_nondurable(_END, tx.at_us, which) > 0


def end_shift(tx: Transaction, operator: OperatorId) -> None:
    """End the operator's shift: no further alerts are offered."""
    stream = streams.operator(operator)
    last = tx.last_of_type(stream, "operator.shift_changed")
    if last is not None and isinstance(last.event, ShiftChanged) and last.event.state is not ShiftState.OFF:
        tx.append(Append(stream, None, (ShiftChanged(operator=operator, state=ShiftState.OFF),)))


# ---------------------------------------------------------------------------------------- tickets


def issue_ticket(session: Session, now_us: Instant) -> str:
    """Return a ticket with which the operator continues at another node: once, and within a minute. The
    ticket is not stored: its mac is keyed with the session's row, which verifies it.
    """
    until = min(now_us + TICKET_LIFE_S * SECOND, session.until)
    text = f"{session.id}.{until}.{secrets.token_urlsafe(9)}"
    return f"{text}.{_mac(session.key, text)}"


def continue_session(tx: Transaction, ticket: str, address: str) -> StartedSession | None:
    """Continue the ticket's session at this node, with a cookie of its own. Return None if the ticket is
    invalid, expired or used, or its session has ended.
    """
    text, dot, mac = ticket.rpartition(".")
    parts = text.split(".")
    if len(ticket) > _TICKET_MAX or not ticket.isascii() or not dot or len(parts) != 3:
        return None
    name, until, _ = parts
    if not until.isdecimal() or int(until) <= tx.at_us:
        return None
    family = [_session(row) for row in tx.all(_BY_ID, name, tx.at_us)]
    made = next((one for one in family if hmac.compare_digest(mac, _mac(one.key, text))), None)
    used = fingerprint(ticket)
    if made is None or tx.one(_USED, used) is not None:
        return None
    return _add(tx, made.operator, made.id, made.csrf, made.until, address, used, made.way)


def _mac(key: bytes, text: str) -> str:
    return hmac.new(key, text.encode(), sha256).hexdigest()


# ------------------------------------------------------------------------------------------- rows


def _add(
    tx: Transaction,
    operator: OperatorId,
    name: str,
    csrf: str,
    until: Instant,
    address: str,
    ticket: bytes | None,
    way: SignOnMethod,
) -> StartedSession:
    secret = tx.chance(lambda: new_secret("swc"))
    now = tx.at_us
    made = Session(fingerprint(secret), name, operator, csrf, now, until, tx.node, address, way, now)
    tx.write_nondurable(_FORGET, now - REMEMBERED_S * SECOND)
    tx.write_nondurable(
        _ADD, made.key, name, operator, csrf, now, until, tx.node, address, ticket, None, way, now
    )
    return StartedSession(made, secret)


def _name() -> str:
    return secrets.token_urlsafe(12)


def record_change(tx: Transaction, operator: OperatorId, by: str, what: str) -> None:
    """Record in the journal that the registry's data of this operator was changed."""
    tx.append(Append(streams.operator(operator), None, (PersonalDataChanged(by=by, what=what),)))


def _changes(tx: Transaction, operator: OperatorId) -> int:
    last = tx.last_of_type(streams.operator(operator), _CHANGED)
    return 0 if last is None else last.version


def _session(row: Row) -> Session:
    key, name, who, csrf, begun_us, until_us, node, address, way, used_us = row
    begun, until = Instant(begun_us), Instant(until_us)
    used = None if used_us is None else Instant(used_us)
    return Session(
        bytes(key), name, OperatorId(who), csrf, begun, until, NodeId(node), address, SignOnMethod(way), used
    )
