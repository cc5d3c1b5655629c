"""The nodes that share one database: who is a member, for how long, and what each tells the others of itself.

A membership is one row with a term and an end by the database's own clock. It is renewed long before its end;
a node that comes too late for that was perhaps frozen, or cut off, and others may have taken its alerts: it
joins anew, with the next term, and what it holds by an older term is not its own any more
(`store.nodes.leases`).

Renewing waits for no writer of the journal: a slow disk must not make a node look dead.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import bindparam, delete, insert, select, update

from messages.ids import Instant, NodeId
from model.membership import TTL_US, Member
from store.database.query import Query, Row
from store.database.schema import lease, member
from store.errors import NodeNameTaken
from store.journal.journal import Journal, Transaction

_m = member.c
_ALL: Final = Query(select(member).order_by(_m.node))
_ONE: Final = Query(select(member).where(_m.node == bindparam("which")), "which")
_ADD: Final = Query(insert(member), *(column.name for column in member.columns))
_JOIN: Final = Query(
    update(member)
    .where(_m.node == bindparam("which"))
    .values(
        term=bindparam("new_term"),
        until_us=bindparam("end"),
        address=bindparam("at"),
        places=bindparam("said"),
        draining=bindparam("drains"),
    ),
    "new_term", "end", "at", "said", "drains", "which",
)  # fmt: skip
_RENEW: Final = Query(
    update(member)
    .where(_m.node == bindparam("which"), _m.term == bindparam("mine"), _m.until_us > bindparam("now"))
    .values(until_us=bindparam("end")),
    "end", "which", "mine", "now",
)  # fmt: skip
_SAY: Final = Query(
    update(member)
    .where(_m.node == bindparam("which"), _m.term == bindparam("mine"))
    .values(places=bindparam("said"), draining=bindparam("drains")),
    "said", "drains", "which", "mine",
)  # fmt: skip
_LEAVE: Final = Query(
    update(member)
    .where(_m.node == bindparam("which"), _m.term == bindparam("mine"))
    .values(until_us=bindparam("end")),
    "end", "which", "mine",
)  # fmt: skip
_FORGET: Final = Query(
    delete(member).where(_m.node == bindparam("which"), _m.until_us <= bindparam("now")), "which", "now"
)
_RETAKE: Final = Query(
    update(lease)
    .where(lease.c.node == bindparam("which"), lease.c.term < bindparam("new_term"))
    .values(term=bindparam("new_term"), epoch=lease.c.epoch + 1),
    "new_term", "which",
)  # fmt: skip


def join(journal: Journal, node: NodeId, address: str) -> int:
    """Be a member, and have again what nobody has taken meanwhile; the term.

    The same term goes on where the membership has not ended: a process of the node was only started again.
    Raises NodeNameTaken where another machine is a member by this name, JournalError.
    """
    return journal.transact(lambda transaction: _join(transaction, node, address))


def _join(transaction: Transaction, node: NodeId, address: str) -> int:
    now_us = transaction.database_us
    end_us = now_us + TTL_US
    row = transaction.one(_ONE, node)
    if row is None:
        transaction.write(_ADD, node, 1, end_us, address, b"", False)
        return 1
    known = _member(row, now_us)
    if known.alive and known.address != address:
        raise NodeNameTaken(f"{node!r} is the name of a node that is running at {known.address}")
    term = known.term if known.alive else known.term + 1
    transaction.write(_JOIN, term, end_us, address, known.places, False, node)
    if term != known.term:
        transaction.write(_RETAKE, term, node)
    return term


def renew(journal: Journal, node: NodeId, term: int) -> bool:
    """Stay a member; False where the membership has ended. Raises JournalError."""

    def work(transaction: Transaction) -> bool:
        now_us = transaction.database_us
        return transaction.write(_RENEW, now_us + TTL_US, node, term, now_us) == 1

    return journal.transact(work, beside=True)


def say(journal: Journal, node: NodeId, term: int, places: bytes, *, draining: bool) -> None:
    """Tell the others about oneself. Raises JournalError."""
    journal.transact(lambda transaction: transaction.write(_SAY, places, draining, node, term), beside=True)


def leave(journal: Journal, node: NodeId, term: int) -> None:
    """Be a member no longer: what this node still has may be taken at once. Raises JournalError."""
    journal.transact(lambda transaction: transaction.write(_LEAVE, 0, node, term), beside=True)


def forget(journal: Journal, node: NodeId) -> bool:
    """Strike a node that is no more from the list; False where it is a member, or nobody knows it."""

    def work(transaction: Transaction) -> bool:
        return transaction.write(_FORGET, node, transaction.database_us) == 1

    return journal.transact(work)


def members(journal: Journal) -> list[Member]:
    """Everybody who was ever a member, by name. Raises JournalError."""

    def read(transaction: Transaction) -> list[Member]:
        now_us = transaction.database_us
        return [_member(row, now_us) for row in transaction.all(_ALL)]

    return journal.transact(read, beside=True)


def database_us(journal: Journal) -> int:
    """The time by the database's own clock. Raises JournalError."""
    return journal.transact(lambda transaction: transaction.database_us, beside=True)


def _member(row: Row, now_us: int) -> Member:
    node, term, until_us, address, places, draining = row
    return Member(
        node=NodeId(node),
        term=int(term),
        until_us=Instant(int(until_us)),
        address=address,
        places=bytes(places),
        draining=bool(draining),
        alive=int(until_us) > now_us,
        age_us=now_us - (int(until_us) - TTL_US) if until_us else 0,
    )
