"""The registry: who the users are, who answers them, and which keys open the door.

Tables of its own in the journal's database, changed in one transaction with the event that tells
of the change: `user.data_changed` in `user-ID` for a user, in `operator-ID` for an operator. The
events name the person by id and say which fields changed, never what they hold.

Erasing removes everything from these tables, and destroys the keys of what is personal in the journal's
alerts (`store.alerts.erasing`); the person's id stays in it, which is chance.
"""

from __future__ import annotations

from typing import Final

import msgspec
from sqlalchemy import select

from messages.ids import Instant, OperatorId
from store.database.query import Query
from store.database.schema import operator
from store.registry.access.app_keys import AppKeys
from store.registry.access.sessions import Session
from store.registry.staff import Staff
from store.registry.users.users import Users

_TOKENS: Final = Query(select(operator.c.token_hash, operator.c.id).where(operator.c.token_hash.is_not(None)))


class Access(msgspec.Struct, frozen=True):
    """Who is let in at one moment, by the hashes of what is shown. Its holder may add what is found later."""

    keys: set[bytes] = msgspec.field(default_factory=set)
    """Of apps."""
    tokens: dict[bytes, OperatorId] = msgspec.field(default_factory=dict)
    sessions: dict[bytes, Session] = msgspec.field(default_factory=dict)


class Registry(Users, Staff, AppKeys):
    """Everything of the registry, over one process's journal. For any thread."""

    def access(self, now_us: Instant) -> Access:
        """Who is let in now. Raises StoreError."""
        return Access(
            keys={one.hash for one in self.app_keys()},
            tokens={bytes(row[0]): OperatorId(row[1]) for row in self._journal.rows(_TOKENS)},
            sessions={one.key: one for one in self.sessions(now_us)},
        )
