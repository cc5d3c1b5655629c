"""Operators of the registry, with their credentials (part of `store.registry.registry`)."""

from __future__ import annotations

import re
import unicodedata
from contextlib import suppress
from typing import Annotated, Final

import msgspec
from sqlalchemy import ScalarSelect, bindparam, delete, func, insert, literal, select, update

from messages.ids import E164, SECOND, Instant, OperatorId
from store import streams
from store.database.query import Query, Row
from store.database.schema import authenticator, operator
from store.errors import AlreadyTaken, JournalError, NotRegistered, RegistryError
from store.journal.journal import Journal, Transaction
from store.registry import numbers
from store.registry.access.authenticators import (
    AuthenticatorKind,
    issue_recovery,
    new_recovery_code,
    remove_all,
)
from store.registry.access.credentials import (
    fingerprint,
    hash_password,
    new_secret,
    password_fits,
    rehash_password,
)
from store.registry.access.sessions import (
    LIFE_S,
    Session,
    end_sessions,
    end_shift,
    mark_password_sign_on,
    record_change,
    require_session,
    valid_sessions,
)
from store.registry.people import Operator, StaffRole

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
Phone = Annotated[str, msgspec.Meta(min_length=1, max_length=40, description="E.164, or of the region.")]
Language = Annotated[str, msgspec.Meta(pattern=r"^[a-z]{2}$(?!\n)", description="ISO 639-1.")]

FOR_EVER: Final = Instant(2**62)
"""End of validity of the token of a simulated run."""

_o = operator.c


def _count(kind: AuthenticatorKind) -> ScalarSelect[int]:
    one = authenticator.c
    return (
        select(func.count())
        .where(one.operator == _o.id, one.kind == literal(kind.value))
        .correlate(operator)
        .scalar_subquery()
    )


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
    _o.token_until_us,
    _count(AuthenticatorKind.PASSKEY),
    _count(AuthenticatorKind.TOTP),
)
_BY_ID: Final = Query(_SHOWN.where(_o.id == bindparam("id")), "id")
_BY_TOKEN: Final = Query(_SHOWN.where(_o.token_hash == bindparam("hash")), "hash")
_ALL: Final = Query(_SHOWN.order_by(_o.name, _o.id))
_ADD: Final = Query(insert(operator), *(column.name for column in operator.columns))
_SET_TOKEN: Final = Query(
    update(operator)
    .where(_o.id == bindparam("who"))
    .values(token_hash=bindparam("hash"), token_until_us=bindparam("until")),
    "hash",
    "until",
    "who",
)
_SET_ROLE: Final = Query(
    update(operator).where(_o.id == bindparam("who")).values(role=bindparam("now")), "now", "who"
)
_SET_PASSWORD: Final = Query(
    update(operator).where(_o.id == bindparam("who")).values(password=bindparam("kept")), "kept", "who"
)
_RAISE_PASSWORD: Final = Query(
    update(operator)
    .where(_o.id == bindparam("operator_id"), _o.password == bindparam("old"))
    .values(password=bindparam("new")),
    "new",
    "operator_id",
    "old",
)
_PASSWORD: Final = Query(select(_o.password).where(_o.id == bindparam("id")), "id")
_DROP: Final = Query(delete(operator).where(_o.id == bindparam("id")), "id")


class Staff:
    """Operators of the registry, over one process's journal."""

    def __init__(self, journal: Journal, *, region: str = numbers.DEFAULT_REGION) -> None:
        """Store the parameters. `region`: region of a number without a country code."""
        self._journal = journal
        self._region = region

    # ------------------------------------------------------------------------------- operators

    def operators(self) -> list[Operator]:
        """Return all operators, by name."""
        return [_operator(row) for row in self._journal.rows(_ALL)]

    def operator(self, operator: OperatorId) -> Operator | None:
        """Return the operator of this id; None for an unknown id."""
        row = self._journal.row(_BY_ID, operator)
        return None if row is None else _operator(row)

    def operator_by_token(self, token: str) -> Operator | None:
        """Return the operator with this token; None for an invalid token."""
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
        """Add an operator; the id is made from the name if none is given. Operators with equal names sign on
        by their numbers.

        Raises NumberRefused, AlreadyTaken (the id; the name together with the number; a name that is another
        operator's id), RegistryError (an empty name).
        """
        number = numbers.of_a_person(phone, self._region)
        return self._journal.transact(
            lambda tx: add(tx, name, number, language=language, role=role, on_call=on_call, by=by, id=id)
        )

    def set_role(self, operator: OperatorId, role: StaffRole, *, by: str) -> None:
        """Change the operator's role; all sessions end. Raises NotRegistered."""

        def work(tx: Transaction) -> None:
            _row(tx, operator)
            tx.write(_SET_ROLE, role, operator)
            end_sessions(tx, operator)
            record_change(tx, operator, by, "changed role")

        self._journal.transact(work)

    def set_password(
        self, operator: OperatorId, password: str, *, by: str, own: Session | None = None
    ) -> None:
        """Set a new password; the operator's sessions end, except `own`.

        `own`: session in which the operator changes the password; it no longer counts as a recovery. Raises
        NotRegistered, also if `own` has ended. Takes a tenth of a second, outside the journal's lock.
        """
        kept = hash_password(password)

        def work(tx: Transaction) -> None:
            _row(tx, operator)
            if own is not None:
                require_session(tx, own)
            tx.write(_SET_PASSWORD, kept, operator)
            end_sessions(tx, operator, but="" if own is None else own.id)
            if own is not None:
                mark_password_sign_on(tx, own.id)
            record_change(tx, operator, by, "changed password")

        self._journal.transact(work)

    def called(self, who: str) -> Operator | None:
        """Return the operator of this id, or the only one of this name or number, in any spelling; None if
        there is none or several.
        """
        fitting = self._fitting(who)
        return fitting[0] if len(fitting) == 1 else None

    def is_shared(self, who: str) -> bool:
        """Return True if several operators have this name or number, so that it identifies none of them."""
        return len(self._fitting(who)) > 1

    def _fitting(self, who: str) -> list[Operator]:
        plain = _plain(who)
        return [one for one in self.operators() if plain in (one.id, _plain(one.name), one.phone)]

    def password_is(self, operator: OperatorId | None, password: str) -> bool:
        """Return True if the password is the operator's. Takes as long for an unknown operator, or one
        without password, as for a wrong password.
        """
        row = None if operator is None else self._journal.row(_PASSWORD, operator)
        kept = "" if row is None else str(row[0])
        fits = password_fits(password, kept)
        if fits and (new := rehash_password(password, kept)) is not None:
            # Retried at the next sign-on, if it cannot be written now.
            with suppress(JournalError):
                self._journal.transact(lambda tx: tx.write(_RAISE_PASSWORD, new, operator, kept))
        return fits

    def issue_token(self, operator: OperatorId, *, by: str) -> str:
        """Issue a new token for programs, which also signs on to the console for the length of one session
        (`token_signs_on`). An earlier token and then the operator's sessions end. Raises NotRegistered.
        """
        token = new_secret("swo")
        self._set_token(operator, token, LIFE_S, by=by)
        return token

    def trust_token(self, operator: OperatorId, token: str, *, by: str) -> None:
        """Accept an existing token, which never expires. An earlier token and then the operator's
        sessions end. Raises NotRegistered, AlreadyTaken.
        """
        self._set_token(operator, token, None, by=by)

    def _set_token(self, operator: OperatorId, token: str, life_s: int | None, *, by: str) -> None:
        def work(tx: Transaction) -> None:
            known = _operator(_row(tx, operator))
            holder = tx.one(_BY_TOKEN, fingerprint(token))
            if holder is not None and holder[0] != operator:
                raise AlreadyTaken("the token", str(holder[0]))
            until = FOR_EVER if life_s is None else tx.at_us + life_s * SECOND
            if holder is not None and known.token_until == until:
                return
            tx.write(_SET_TOKEN, fingerprint(token), until, operator)
            if holder is not None:
                return
            if known.has_token:
                end_sessions(tx, operator)
            record_change(tx, operator, by, "changed token")

        self._journal.transact(work)

    def recover(self, operator: OperatorId, *, by: str) -> tuple[str, Instant]:
        """Return a code for one sign-on and the end of its life. Raises NotRegistered, JournalNotDurable."""
        code = new_recovery_code()

        def work(tx: Transaction) -> Instant:
            _row(tx, operator)
            return issue_recovery(tx, operator, code, by=by)

        return code, self._journal.transact(work)

    def revoke_access(self, operator: OperatorId, *, by: str, factors: bool = False) -> int:
        """End the operator's token, recovery code and sessions; with `factors`, passkeys and codes as well,
        but not the password. Return the number of ended cookies. Raises NotRegistered.
        """

        return self._journal.transact(lambda tx: revoke(tx, operator, by=by, factors=factors))

    def sessions(self, now_us: Instant) -> list[Session]:
        """Return the valid sessions of all operators, oldest first."""
        return valid_sessions(self._journal, now_us)

    def remove_operator(self, operator: OperatorId, *, by: str) -> None:
        """Remove the operator, with all credentials, the sessions and the shift. Raises NotRegistered."""
        self._journal.transact(lambda tx: drop(tx, operator, by=by))


def add(
    tx: Transaction,
    name: str,
    number: E164,
    *,
    language: str,
    role: StaffRole,
    on_call: bool = False,
    by: str,
    id: OperatorId | None = None,
) -> Operator:
    """Add an operator as `Staff.add_operator` does, in a transaction. Raises AlreadyTaken, RegistryError."""
    if not name.strip():
        raise RegistryError("an operator needs a name")
    if id is not None and tx.one(_BY_ID, id) is not None:
        raise AlreadyTaken(f"the id {id}", id)
    require_distinct(tx, name, number)
    chosen = id or _free_id(tx, name)
    tx.write(_ADD, chosen, name.strip(), number, language, role, on_call, None, tx.at_us, "", None)
    record_change(tx, chosen, by, "added")
    return operator_in(tx, chosen)


def drop(tx: Transaction, operator: OperatorId, *, by: str) -> None:
    """Remove an operator within a transaction, as `Staff.remove_operator` does. Raises NotRegistered."""
    _row(tx, operator)
    tx.write(_DROP, operator)
    remove_all(tx, operator, *AuthenticatorKind)
    end_sessions(tx, operator)
    end_shift(tx, operator)
    record_change(tx, operator, by, "erased")


def revoke(tx: Transaction, operator: OperatorId, *, by: str, factors: bool = False) -> int:
    """Revoke access within a transaction, as `Staff.revoke_access` does. Raises NotRegistered."""
    _row(tx, operator)
    tx.write(_SET_TOKEN, None, None, operator)
    remove_all(tx, operator, *(AuthenticatorKind if factors else (AuthenticatorKind.RECOVERY,)))
    record_change(tx, operator, by, "revoked token and sessions")
    if factors:
        record_change(tx, operator, by, "removed authenticators")
    return end_sessions(tx, operator)


def operators_in(tx: Transaction) -> list[Operator]:
    """Return all operators as this transaction sees them, by name."""
    return [_operator(row) for row in tx.all(_ALL)]


def operator_in(tx: Transaction, operator: OperatorId) -> Operator:
    """Return the operator of this id as this transaction sees it. Raises NotRegistered."""
    return _operator(_row(tx, operator))


def require_distinct(tx: Transaction, name: str, number: str, but: OperatorId | None = None) -> None:
    """Check that name and number identify an operator. Raises AlreadyTaken on a conflict with another
    operator than `but`: the name is the other's id, or name and number are the other's.
    """
    plain = _plain(name)
    for other in operators_in(tx):
        same = plain == _plain(other.name)
        if other.id != but and ((same and number == other.phone) or (plain == other.id and not same)):
            raise AlreadyTaken(f"the name {name.strip()}", other.id)


def _operator(row: Row) -> Operator:
    id_, name, phone, language, role, on_call, has_token, has_password, created_us, until_us, *factors = row
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
        token_until=None if until_us is None else Instant(until_us),
        passkeys=int(factors[0]),
        has_totp=bool(factors[1]),
    )


def token_signs_on(operator: Operator, now_us: Instant) -> bool:
    """Return True if the operator's token signs on to the console, and not only to the API.

    A token for a whole shift is enough to sign on once and enrol. An operator without other credentials
    continues to sign on with it.
    """
    if operator.token_until is not None and now_us < operator.token_until:
        return True
    return not (operator.has_password or operator.passkeys)


def _plain(name: str) -> str:
    """Return the name in a form that does not depend on its spelling: case, spaces, compatible characters."""
    return " ".join(unicodedata.normalize("NFKC", name).split()).casefold()


def _row(tx: Transaction, who: OperatorId) -> Row:
    row = tx.one(_BY_ID, who)
    if row is None:
        raise NotRegistered(f"no operator {who}")
    return row


def _free_id(tx: Transaction, name: str) -> OperatorId:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    base = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:40] or "operator"
    number = 1
    # Ids of removed operators are not reused: the journal still names them.
    while tx.one(_BY_ID, base if number == 1 else f"{base}-{number}") or tx.version(
        streams.operator(OperatorId(base if number == 1 else f"{base}-{number}"))
    ):
        number += 1
    return OperatorId(base if number == 1 else f"{base}-{number}")
