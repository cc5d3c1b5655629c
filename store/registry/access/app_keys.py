"""App keys of the registry: several are valid at once, so that apps can receive a new key before the old one
ends. See `store.registry.registry`.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import bindparam, insert, select, update

from messages.ids import Instant
from store.database.query import Query, Row
from store.database.schema import app_key
from store.errors import LastKey
from store.journal.journal import Journal, Transaction
from store.registry.access.credentials import fingerprint, new_secret
from store.registry.people import AppKey

_k = app_key.c
_KEY: Final = Query(select(_k.name).where(_k.hash == bindparam("hash"), _k.revoked_us.is_(None)), "hash")
_ANY_KEY: Final = Query(select(_k.name).where(_k.hash == bindparam("hash")), "hash")
_KEYS: Final = Query(
    select(_k.hash, _k.name, _k.created_us).where(_k.revoked_us.is_(None)).order_by(_k.created_us, _k.hash)
)
_ADD_KEY: Final = Query(insert(app_key), *(column.name for column in app_key.columns))
_REVOKE_KEY: Final = Query(
    update(app_key).where(_k.hash == bindparam("which")).values(revoked_us=bindparam("at")), "at", "which"
)


class AppKeys:
    """App keys of the registry, over one process's journal."""

    _journal: Journal

    def issue_app_key(self, name: str) -> str:
        """Issue a new key for apps; earlier keys of the name stay valid."""
        key = new_secret("swk")
        self.trust_app_key(key, name)
        return key

    def trust_app_key(self, key: str, name: str) -> None:
        """Accept an existing key; a second call does nothing."""

        def work(tx: Transaction) -> None:
            if tx.one(_ANY_KEY, fingerprint(key)) is None:
                # The order of keys must be unambiguous.
                latest = max((_key(row).created_at + 1 for row in tx.all(_KEYS)), default=0)
                tx.write(_ADD_KEY, fingerprint(key), name, max(tx.at_us, latest), None)

        self._journal.transact(work)

    def app_key_name(self, key: str) -> str | None:
        """Return the name of the app with this key; None for an invalid key."""
        row = self._journal.row(_KEY, fingerprint(key))
        return None if row is None else str(row[0])

    def app_keys(self) -> list[AppKey]:
        """Return the valid keys, oldest first."""
        return [_key(row) for row in self._journal.rows(_KEYS)]

    def app_key_is_revoked(self, key: str) -> bool:
        """Return True if the key was valid once and is revoked."""
        known = self._journal.row(_ANY_KEY, fingerprint(key)) is not None
        return known and self.app_key_name(key) is None

    def revoke_app_keys(self, name: str, *, but_newest: bool = False) -> int:
        """Revoke all keys of this name, with `but_newest` all except the newest; return their number."""

        def work(tx: Transaction) -> int:
            found = [_key(row) for row in tx.all(_KEYS) if row[1] == name]
            ended = found[:-1] if but_newest else found
            for one in ended:
                tx.write(_REVOKE_KEY, tx.at_us, one.hash)
            return len(ended)

        return self._journal.transact(work)


def revoke_key(tx: Transaction, sign: str) -> AppKey | None:
    """Revoke the valid key of this sign; return it, or None. Raises LastKey for the last valid key."""
    valid = [_key(row) for row in tx.all(_KEYS)]
    found = next((one for one in valid if one.sign == sign), None)
    if found is not None:
        if len(valid) == 1:
            raise LastKey("the key is the last app key: issue another one first")
        tx.write(_REVOKE_KEY, tx.at_us, found.hash)
    return found


def _key(row: Row) -> AppKey:
    return AppKey(hash=bytes(row[0]), name=row[1], created_at=Instant(row[2]))
