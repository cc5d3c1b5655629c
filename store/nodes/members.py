"""Nodes that share one database: memberships, their ends, and the data that each node publishes to the
others.

A membership is one row with a term and an end by the database's own clock. The membership is renewed long
before its end. A node that renews too late may have been frozen or cut off, and other nodes may have taken
its alerts: it joins again with the next term, and leases of an older term are no longer valid
(`store.nodes.leases`).

A renewal waits for no writer of the journal: a slow disk must not make a node look dead.
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


def join_cluster(journal: Journal, node: NodeId, address: str) -> int:
    """Join, or rejoin, and return the term. A rejoining node takes back its alerts that no other node has
    taken.

    The term stays if the membership has not ended: only a process of the node was restarted. Raises
    NodeNameTaken if another machine is a member under this name, JournalError.
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


def renew_membership(journal: Journal, node: NodeId, term: int) -> bool:
    """Extend the membership; return False if it has ended. Raises JournalError."""

    def work(transaction: Transaction) -> bool:
        now_us = transaction.database_us
        return transaction.write(_RENEW, now_us + TTL_US, node, term, now_us) == 1

    return journal.transact(work, beside=True)


def publish_places(journal: Journal, node: NodeId, term: int, places: bytes, *, draining: bool) -> None:
    """Publish this node's places and draining state to the other nodes. Raises JournalError."""
    journal.transact(lambda transaction: transaction.write(_SAY, places, draining, node, term), beside=True)


def leave_cluster(journal: Journal, node: NodeId, term: int) -> None:
    """End the membership: other nodes may take this node's alerts at once. Raises JournalError."""
    journal.transact(lambda transaction: transaction.write(_LEAVE, 0, node, term), beside=True)


def forget_member(journal: Journal, node: NodeId) -> bool:
    """Delete a former member; return False if the node is a member or unknown. Raises JournalError."""

    def work(transaction: Transaction) -> bool:
        return transaction.write(_FORGET, node, transaction.database_us) == 1

    return journal.transact(work)


def members(journal: Journal) -> list[Member]:
    """Return all present and former members, by name. Raises JournalError."""

    def read(transaction: Transaction) -> list[Member]:
        now_us = transaction.database_us
        return [_member(row, now_us) for row in transaction.all(_ALL)]

    return journal.transact(read, beside=True)


def database_us(journal: Journal) -> int:
    """Return the time of the database's clock, in microseconds since 1970. Raises JournalError."""
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
