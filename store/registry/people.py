"""Users and operators as the registry hands them out. Secrets are not among it."""

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
    """By chance, and all that the journal ever says of a user beyond the number."""
    phones: tuple[E164, ...]
    """The one to call first comes first."""
    first_name: str = ""
    last_name: str = ""
    language: str = "it"
    """ISO 639."""
    notes: str = ""
    """What the operator has to know."""
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
    """What somebody enters about a user. None leaves as it is what is there, or is the default."""

    phones: tuple[str, ...] = ()
    """As written; normalised to E.164. Empty leaves them."""
    first_name: str | None = None
    last_name: str | None = None
    language: str | None = None
    notes: str | None = None
    devices: tuple[str, ...] | None = None
    cancel_pin: str | None = None
    """Ends an alert from the app; empty takes it away."""
    duress_pin: str | None = None
    """Seems to end it (case 19)."""


class StaffRole(StrEnum):
    """What an operator may do besides answering: each role may all that those before it may."""

    OPERATOR = "operator"
    SUPERVISOR = "supervisor"
    """Sees what all operators do, and the figures."""
    ADMIN = "admin"
    """Changes users, operators and settings."""

    def may(self, wanted: StaffRole) -> bool:
        """Whether this role is enough where that one is wanted."""
        order = tuple(StaffRole)
        return order.index(self) >= order.index(wanted)

    def needs(self, second_factor: SecondFactor) -> bool:
        """Whether an operator of this role is asked for a second factor."""
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
    """Called when nobody on shift answers (case 8)."""
    has_token: bool = False
    has_password: bool = False
    created_at: Instant
    token_until: Instant | None = None
    """Until when the token signs on to the console; none where there is no token."""
    passkeys: int = 0
    has_totp: bool = False

    @property
    def has_second_factor(self) -> bool:
        """A passkey, or an authenticator app."""
        return self.passkeys > 0 or self.has_totp


def told_apart(everybody: Iterable[Operator]) -> dict[OperatorId, str]:
    """The operators' names: of several that have one, each with the last digits of the number, or the id."""
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
    """A key by which apps raise alerts; by what is kept of it."""

    hash: bytes
    name: str
    created_at: Instant

    @property
    def sign(self) -> str:
        """By which two of a name are told apart."""
        return self.hash.hex()[:8]
