"""Users, operators and app keys as the registry returns them, without secrets."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from enum import StrEnum

import msgspec

from messages.ids import E164, Instant, OperatorId, UserId
from model.settings.web import SecondFactor


class User(msgspec.Struct, frozen=True, kw_only=True):
    """A person who may raise an alert."""

    id: UserId
    """Random id. The journal refers to a user only by this id and by the number."""
    phones: tuple[E164, ...]
    """Numbers, in the order in which they are called."""
    first_name: str = ""
    last_name: str = ""
    language: str = "it"
    """ISO 639."""
    notes: str = ""
    """Information for the operator."""
    devices: tuple[str, ...] = ()
    has_cancel_pin: bool = False
    has_duress_pin: bool = False
    created_at: Instant
    changed_at: Instant

    @property
    def name(self) -> str:
        """First and last name."""
        return f"{self.first_name} {self.last_name}".strip()


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """Data of a user as entered. None keeps the stored value; for a new user, None sets the default."""

    phones: tuple[str, ...] = ()
    """Numbers as written; normalised to E.164. Empty keeps the stored numbers."""
    first_name: str | None = None
    last_name: str | None = None
    language: str | None = None
    notes: str | None = None
    devices: tuple[str, ...] | None = None
    cancel_pin: str | None = None
    """PIN that ends an alert from the app; empty removes the PIN."""
    duress_pin: str | None = None
    """Duress PIN, given under threat: the app seems to end the alert, and the operator is warned."""


class StaffRole(StrEnum):
    """Role of an operator, in ascending order: each role has the rights of all earlier roles too."""

    OPERATOR = "operator"
    SUPERVISOR = "supervisor"
    """Role that sees the work of all operators, and the statistics."""
    ADMIN = "admin"
    """Role that changes users, operators and settings."""

    def may(self, wanted: StaffRole) -> bool:
        """Return True if this role has all rights of the role `wanted`."""
        order = tuple(StaffRole)
        return order.index(self) >= order.index(wanted)

    def needs(self, second_factor: SecondFactor) -> bool:
        """Return True if an operator of this role must sign on with a second factor. `second_factor`: the
        setting that names the roles.
        """
        match second_factor:
            case SecondFactor.NONE:
                return False
            case SecondFactor.SUPERVISOR:
                return self.may(StaffRole.SUPERVISOR)
            case SecondFactor.ALL:
                return True


class Operator(msgspec.Struct, frozen=True, kw_only=True):
    """A person who answers alerts."""

    id: OperatorId
    name: str
    phone: E164
    language: str = "it"
    role: StaffRole = StaffRole.OPERATOR
    on_call: bool = False
    """True if the operator is called when no operator on shift answers."""
    has_token: bool = False
    has_password: bool = False
    created_at: Instant
    token_until: Instant | None = None
    """Time until which the token is valid for a sign-on to the console; None without a token."""
    passkeys: int = 0
    has_totp: bool = False

    @property
    def has_second_factor(self) -> bool:
        """True if the operator has a passkey or an authenticator app."""
        return self.passkeys > 0 or self.has_totp


def distinct_names(everybody: Iterable[Operator]) -> dict[OperatorId, str]:
    """Return a distinct name for each operator: equal names get the last four digits of the number appended,
    or the id if these are equal too.
    """
    listed = list(everybody)
    names = Counter(one.name.casefold() for one in listed)
    ends = Counter((one.name.casefold(), one.phone[-4:]) for one in listed)

    def shown(one: Operator) -> str:
        if names[one.name.casefold()] == 1:
            return one.name
        alone = ends[one.name.casefold(), one.phone[-4:]] == 1
        return f"{one.name} ({f'…{one.phone[-4:]}' if alone else one.id})"

    return {one.id: shown(one) for one in listed}


class AppKey(msgspec.Struct, frozen=True, kw_only=True):
    """Key with which apps raise alerts. Only its hash is stored."""

    hash: bytes
    name: str
    created_at: Instant

    @property
    def sign(self) -> str:
        """First eight hexadecimal digits of the hash: they distinguish keys with the same name."""
        return self.hash.hex()[:8]
