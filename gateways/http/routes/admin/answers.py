"""What admins ask and are told."""

from __future__ import annotations

from typing import Annotated, Final

import msgspec
from msgspec import UNSET

from gateways.http.wire.answers import Moment, rfc3339
from messages.ids import Instant, OperatorId
from store.registry.people import AppKey, Operator, StaffRole
from store.registry.seen import Seen
from store.registry.staff_changes import Fields, Language, Name, Phone

KEY_NAME_MAX: Final = 64
Secret = Annotated[str, msgspec.Meta(description="Told once: it is kept as a hash.")]


class OperatorRow(msgspec.Struct, frozen=True, kw_only=True):
    """One operator, and by what the operator signs on. `sessions`: so many browsers are signed on now."""

    id: OperatorId
    name: str
    phone: str
    language: str
    role: StaffRole
    on_call: bool
    has_password: bool
    passkeys: int
    has_totp: bool
    has_token: bool
    sessions: int
    created_at: Moment


class OperatorsView(msgspec.Struct, frozen=True, kw_only=True):
    """All operators, by name."""

    operators: list[OperatorRow]


class NewOperator(msgspec.Struct, frozen=True, kw_only=True):
    """Who is added. Two may have one name; they sign on by their numbers then."""

    name: Name
    phone: Phone
    language: Language = "it"
    role: StaffRole = StaffRole.OPERATOR
    on_call: bool = False


def same_fields(was: Seen, now: Seen) -> None:
    """Raises ValueError where a change does not say what it has seen of each field."""
    for name in now.__struct_fields__:
        if (getattr(was, name) is UNSET) != (getattr(now, name) is UNSET):
            raise ValueError(f"`was` and `now` have to have the same fields: `{name}`")


class OperatorChange(msgspec.Struct, frozen=True, kw_only=True):
    """`now` is what is wanted, `was` what each of the same fields held when it was seen. Sent the other way
    round it takes the change back.
    """

    was: Fields
    now: Fields

    def __post_init__(self) -> None:
        same_fields(self.was, self.now)


class SignOnLink(msgspec.Struct, frozen=True, kw_only=True):
    """Signs the operator on once, to a new password or passkey: `/console/#token=CODE`, until then."""

    operator: OperatorId
    code: Secret
    until: Moment


class OperatorAdded(msgspec.Struct, frozen=True, kw_only=True):
    """Who was added, and by what the operator comes in first."""

    operator: OperatorRow
    link: SignOnLink


class SessionsEnded(msgspec.Struct, frozen=True, kw_only=True):
    """So many browsers were signed off."""

    ended: int


class KeyRow(msgspec.Struct, frozen=True, kw_only=True):
    """One app key that opens. `sign`: by which two of a name are told apart."""

    sign: str
    name: str
    issued_at: Moment


class KeysView(msgspec.Struct, frozen=True, kw_only=True):
    """The app keys that open, oldest first."""

    keys: list[KeyRow]


class NewKey(msgspec.Struct, frozen=True, kw_only=True):
    """For whom another key is issued. Keys of one name all open."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=KEY_NAME_MAX)]


class KeyIssued(msgspec.Struct, frozen=True, kw_only=True):
    """The new key."""

    row: KeyRow
    key: Secret


class LibraryRow(msgspec.Struct, frozen=True, kw_only=True):
    """A library that comes with the center, and under which licence."""

    name: str
    version: str
    licence: str


class VersionView(msgspec.Struct, frozen=True, kw_only=True):
    """Which center this is, and what it is made of."""

    version: str
    python: str
    database: str
    node: str
    libraries: list[LibraryRow]


def told_operator(one: Operator, sessions: int) -> OperatorRow:
    """The operator as the list has it."""
    return OperatorRow(
        id=one.id,
        name=one.name,
        phone=one.phone,
        language=one.language,
        role=one.role,
        on_call=one.on_call,
        has_password=one.has_password,
        passkeys=one.passkeys,
        has_totp=one.has_totp,
        has_token=one.has_token,
        sessions=sessions,
        created_at=rfc3339(one.created_at),
    )


def told_link(operator: OperatorId, code: str, until: Instant) -> SignOnLink:
    """The code with its end."""
    return SignOnLink(operator=operator, code=code, until=rfc3339(until))


def told_key(one: AppKey) -> KeyRow:
    """The key without what opens."""
    return KeyRow(sign=one.sign, name=one.name, issued_at=rfc3339(one.created_at))
