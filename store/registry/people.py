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
    """Random id; besides the number, the only reference to a user in the journal."""
    phones: tuple[E164, ...]
    """Numbers in the order of calling."""
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
    """Entered data of a user. None keeps the stored value, or sets the default."""

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
    """PIN that only seems to end the alert (case 19)."""


class StaffRole(StrEnum):
    """Role of an operator: each role has the rights of those before it."""

    OPERATOR = "operator"
    SUPERVISOR = "supervisor"
    """Role that sees the work of all operators, and the statistics."""
    ADMIN = "admin"
    """Role that changes users, operators and settings."""

    def may(self, wanted: StaffRole) -> bool:
        """Return True if this role has the rights of role `wanted`."""
        order = tuple(StaffRole)
        return order.index(self) >= order.index(wanted)

    def needs(self, second_factor: SecondFactor) -> bool:
        """Return True if an operator of this role needs a second factor."""
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
    """True if the operator is called when no operator on shift answers (case 8)."""
    has_token: bool = False
    has_password: bool = False
    created_at: Instant
    token_until: Instant | None = None
    """Time until which the token signs on to the console; None without token."""
    passkeys: int = 0
    has_totp: bool = False

    @property
    def has_second_factor(self) -> bool:
        """True if the operator has a passkey or an authenticator app."""
        return self.passkeys > 0 or self.has_totp


def told_apart(everybody: Iterable[Operator]) -> dict[OperatorId, str]:
    """Return the operators' names; equal names get the last digits of the number, or the id."""
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
    """Key by which apps raise alerts, identified by its stored hash."""

    hash: bytes
    name: str
    created_at: Instant

    @property
    def sign(self) -> str:
        """Short sign that distinguishes keys of one name."""
        return self.hash.hex()[:8]
