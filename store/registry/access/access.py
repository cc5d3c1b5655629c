"""Who is let in at one moment: app keys, tokens and sessions, by the hashes of what is shown."""

from __future__ import annotations

from typing import Final

import msgspec
from sqlalchemy import select

from messages.ids import Instant, OperatorId
from store.database.query import Query
from store.database.schema import operator
from store.journal.journal import Journal
from store.registry.access.sessions import Session, standing
from store.registry.registry import Registry

_TOKENS: Final = Query(select(operator.c.token_hash, operator.c.id).where(operator.c.token_hash.is_not(None)))


class Access(msgspec.Struct, frozen=True):
    """See the module. Its holder may add what is found later."""

    keys: set[bytes] = msgspec.field(default_factory=set)
    """Of apps."""
    tokens: dict[bytes, OperatorId] = msgspec.field(default_factory=dict)
    sessions: dict[bytes, Session] = msgspec.field(default_factory=dict)


def access(journal: Journal, now_us: Instant) -> Access:
    """As it is now. Raises StoreError."""
    return Access(
        keys={one.hash for one in Registry(journal).app_keys()},
        tokens={bytes(row[0]): OperatorId(row[1]) for row in journal.rows(_TOKENS)},
        sessions={one.key: one for one in standing(journal, now_us)},
    )
