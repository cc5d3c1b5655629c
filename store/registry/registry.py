"""Registry: the users, the operators who answer them, and the keys that grant access.

The registry has tables of its own in the journal's database. A change is one transaction with its event:
`user.data_changed` in `user-ID` for a user, in `operator-ID` for an operator. The events name the person by
id and list the changed fields, never their values.

An erasure deletes the person from these tables, and destroys the keys of the personal data in the journal's
alerts (`store.alerts.erasing`). The person's random id stays in the journal.
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
    """Valid credentials at one moment, by their hashes. The holder may add credentials found later."""

    keys: set[bytes] = msgspec.field(default_factory=set)
    """Hashes of app keys."""
    tokens: dict[bytes, OperatorId] = msgspec.field(default_factory=dict)
    sessions: dict[bytes, Session] = msgspec.field(default_factory=dict)


class Registry(Users, Staff, AppKeys):
    """Whole registry, over one process's journal. For any thread."""

    def access(self, now_us: Instant) -> Access:
        """Return the credentials that are valid now. Raises StoreError."""
        return Access(
            keys={one.hash for one in self.app_keys()},
            tokens={bytes(row[0]): OperatorId(row[1]) for row in self._journal.rows(_TOKENS)},
            sessions={one.key: one for one in self.sessions(now_us)},
        )
