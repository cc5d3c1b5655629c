"""The registry's operators, and the keys of apps and operators. See `store.registry`."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from sqlalchemy import bindparam, delete, insert, select, update

from messages.events import PersonalDataChanged
from messages.ids import Instant, OperatorId
from store import numbers, streams
from store.credentials import fingerprint, hash_password, new_secret, password_fits
from store.errors import AlreadyTaken, NobodyThere, RegistryError
from store.journal import Append, Journal, Transaction
from store.people import Operator, StaffRole
from store.query import Query, Row
from store.schema import app_key, operator

_o = operator.c
_SHOWN = select(
    _o.id,
    _o.name,
    _o.phone,
    _o.language,
    _o.role,
    _o.on_call,
    _o.token_hash.is_not(None),
    _o.password != "",
    _o.created_us,
)
_BY_ID: Final = Query(_SHOWN.where(_o.id == bindparam("id")), "id")
_BY_TOKEN: Final = Query(_SHOWN.where(_o.token_hash == bindparam("hash")), "hash")
_ALL: Final = Query(_SHOWN.order_by(_o.name, _o.id))
_ADD: Final = Query(insert(operator), *(column.name for column in operator.columns))
_SET_TOKEN: Final = Query(
    update(operator).where(_o.id == bindparam("who")).values(token_hash=bindparam("hash")), "hash", "who"
)
_SET_ROLE: Final = Query(
    update(operator).where(_o.id == bindparam("who")).values(role=bindparam("now")), "now", "who"
)
_SET_PASSWORD: Final = Query(
    update(operator).where(_o.id == bindparam("who")).values(password=bindparam("kept")), "kept", "who"
)
_PASSWORD: Final = Query(select(_o.password).where(_o.id == bindparam("id")), "id")
_SET_ON_CALL: Final = Query(
    update(operator).where(_o.id == bindparam("who")).values(on_call=bindparam("now")), "now", "who"
)
_DROP: Final = Query(delete(operator).where(_o.id == bindparam("id")), "id")

_k = app_key.c
_KEY: Final = Query(select(_k.name).where(_k.hash == bindparam("hash"), _k.revoked_us.is_(None)), "hash")
_ANY_KEY: Final = Query(select(_k.name).where(_k.hash == bindparam("hash")), "hash")
_KEYS: Final = Query(select(_k.name).where(_k.revoked_us.is_(None)).order_by(_k.created_us, _k.name))
_ADD_KEY: Final = Query(insert(app_key), *(column.name for column in app_key.columns))
_REVOKE_KEYS: Final = Query(
    update(app_key)
    .where(_k.name == bindparam("which"), _k.revoked_us.is_(None))
    .values(revoked_us=bindparam("at")),
    "at",
    "which",
)


class Staff:
    """Operators and keys of the registry, over one process's journal."""

    def __init__(self, journal: Journal, *, region: str = numbers.DEFAULT_REGION) -> None:
        """`region` is where a number without a country is taken to be."""
        self._journal = journal
        self._region = region

    # ------------------------------------------------------------------------------- operators

    def operators(self) -> list[Operator]:
        """All of them, by name."""
        return [_operator(row) for row in self._journal.rows(_ALL)]

    def operator(self, operator: OperatorId) -> Operator | None:
        """The operator of this id."""
        row = self._journal.row(_BY_ID, operator)
        return None if row is None else _operator(row)

    def operator_by_token(self, token: str) -> Operator | None:
        """Whose token this is."""
        row = self._journal.row(_BY_TOKEN, fingerprint(token))
        return None if row is None else _operator(row)

    def add_operator(
        self,
        name: str,
        phone: str,
        *,
        language: str = "it",
        role: StaffRole = StaffRole.OPERATOR,
        on_call: bool = False,
        by: str,
        id: OperatorId | None = None,
    ) -> Operator:
        """A new operator; her id is made from her name where none is given.

        Raises NumberRefused, AlreadyTaken (the id), RegistryError (an empty name).
        """
        if not name.strip():
            raise RegistryError("an operator needs a name")
        number = numbers.of_a_person(phone, self._region)

        def work(tx: Transaction) -> Operator:
            if id is not None and tx.one(_BY_ID, id) is not None:
                raise AlreadyTaken(f"the id {id}", id)
            chosen = id or _free_id(tx, name)
            tx.write(_ADD, chosen, name.strip(), number, language, role, on_call, None, tx.at_us, "")
            _tell(tx, chosen, by, "added")
            return _operator(_row(tx, chosen))

        return self._journal.transact(work)

    def set_on_call(self, operator: OperatorId, on_call: bool, *, by: str) -> None:
        """Whether she is called when nobody on shift answers. Raises NobodyThere."""

        def work(tx: Transaction) -> None:
            _row(tx, operator)
            tx.write(_SET_ON_CALL, on_call, operator)
            _tell(tx, operator, by, "changed on_call")

        self._journal.transact(work)

    def set_role(self, operator: OperatorId, role: StaffRole, *, by: str) -> None:
        """What she may do from now on. Raises NobodyThere."""

        def work(tx: Transaction) -> None:
            _row(tx, operator)
            tx.write(_SET_ROLE, role, operator)
            _tell(tx, operator, by, "changed role")

        self._journal.transact(work)

    def set_password(self, operator: OperatorId, password: str, *, by: str) -> None:
        """A new password for her; the one before is worth nothing from now on. Raises NobodyThere.

        Takes a tenth of a second, and none of it while the journal is locked.
        """
        kept = hash_password(password)

        def work(tx: Transaction) -> None:
            _row(tx, operator)
            tx.write(_SET_PASSWORD, kept, operator)
            _tell(tx, operator, by, "changed password")

        self._journal.transact(work)

    def called(self, who: str) -> Operator | None:
        """The operator of this id, or the only one of this name or number; as people type them."""
        plain = " ".join(who.split()).casefold()
        everybody = self.operators()
        for one in everybody:
            if one.id == plain:
                return one
        fitting = [one for one in everybody if plain in (one.name.casefold(), one.phone)]
        return fitting[0] if len(fitting) == 1 else None

    def password_is(self, operator: OperatorId | None, password: str) -> bool:
        """Whether it is hers; takes as long for nobody, and for one who has none, as for a wrong one."""
        row = None if operator is None else self._journal.row(_PASSWORD, operator)
        return password_fits(password, "" if row is None else str(row[0]))

    def issue_token(self, operator: OperatorId, *, by: str) -> str:
        """A new token for her; the one before is worth nothing from now on. Raises NobodyThere."""
        token = new_secret("swo")
        self.trust_token(operator, token, by=by)
        return token

    def trust_token(self, operator: OperatorId, token: str, *, by: str) -> None:
        """The same with a token that is there already. Raises NobodyThere, AlreadyTaken."""

        def work(tx: Transaction) -> None:
            _row(tx, operator)
            holder = tx.one(_BY_TOKEN, fingerprint(token))
            if holder is not None:
                if holder[0] == operator:
                    return
                raise AlreadyTaken("the token", str(holder[0]))
            tx.write(_SET_TOKEN, fingerprint(token), operator)
            _tell(tx, operator, by, "changed token")

        self._journal.transact(work)

    def remove_operator(self, operator: OperatorId, *, by: str) -> None:
        """Remove her and her token. Raises NobodyThere."""

        def work(tx: Transaction) -> None:
            _row(tx, operator)
            tx.write(_DROP, operator)
            _tell(tx, operator, by, "erased")

        self._journal.transact(work)

    # ------------------------------------------------------------------------------------ keys

    def issue_app_key(self, name: str) -> str:
        """A new key for apps; earlier ones of the name go on working."""
        key = new_secret("swk")
        self.trust_app_key(key, name)
        return key

    def trust_app_key(self, key: str, name: str) -> None:
        """The same with a key that is there already; again does nothing."""

        def work(tx: Transaction) -> None:
            if tx.one(_ANY_KEY, fingerprint(key)) is None:
                tx.write(_ADD_KEY, fingerprint(key), name, tx.at_us, None)

        self._journal.transact(work)

    def app_key_name(self, key: str) -> str | None:
        """The name of the app whose key this is; none for a key that opens nothing."""
        row = self._journal.row(_KEY, fingerprint(key))
        return None if row is None else str(row[0])

    def app_keys(self) -> list[str]:
        """The names of the keys that work, oldest first."""
        return [str(row[0]) for row in self._journal.rows(_KEYS)]

    def revoke_app_keys(self, name: str) -> int:
        """Let no key of this name open anything any more; how many it were."""
        return self._journal.transact(lambda tx: tx.write(_REVOKE_KEYS, tx.at_us, name))


def _operator(row: Row) -> Operator:
    id_, name, phone, language, role, on_call, has_token, has_password, created_us = row
    return Operator(
        id=OperatorId(id_),
        name=name,
        phone=phone,
        language=language,
        role=StaffRole(role),
        on_call=bool(on_call),
        has_token=bool(has_token),
        has_password=bool(has_password),
        created_at=Instant(created_us),
    )


def _row(tx: Transaction, who: OperatorId) -> Row:
    row = tx.one(_BY_ID, who)
    if row is None:
        raise NobodyThere(f"no operator {who}")
    return row


def _tell(tx: Transaction, who: OperatorId, by: str, what: str) -> None:
    tx.append(Append(streams.operator(who), None, (PersonalDataChanged(by=by, what=what),)))


def _free_id(tx: Transaction, name: str) -> OperatorId:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    base = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:40] or "operator"
    number = 1
    # Also against one who was removed: the journal goes on speaking of her.
    while tx.one(_BY_ID, base if number == 1 else f"{base}-{number}") or tx.version(
        streams.operator(OperatorId(base if number == 1 else f"{base}-{number}"))
    ):
        number += 1
    return OperatorId(base if number == 1 else f"{base}-{number}")
