"""What is asked and told about one's own access: authenticators, sessions, the password."""

from __future__ import annotations

from typing import Annotated

import msgspec

from gateways.http.door import passkeys
from gateways.http.wire.answers import Moment, rfc3339
from messages.ids import Instant
from store.registry.access.authenticators import Authenticator, Kind
from store.registry.access.sessions import Session, Way

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=60)]
Secret = Annotated[str, msgspec.Meta(min_length=1, max_length=512)]
Code = Annotated[str, msgspec.Meta(max_length=20)]


class AuthenticatorAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A passkey, or an authenticator app. `backed_up`: its maker keeps a copy of the passkey."""

    id: str
    kind: Kind
    name: str
    backed_up: bool
    created_at: Moment
    used_at: Moment | None


class SessionAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A browser in which the operator is signed on. `here`: this one."""

    id: str
    here: bool
    way: Way
    begun_at: Moment
    used_at: Moment | None
    until: Moment
    node: str
    address: str


class OwnAccess(msgspec.Struct, frozen=True, kw_only=True):
    """By what the operator signs on, and where that is now. `asked`: the role asks for a second factor.
    `passkeys_of`: of which host a passkey would be; empty where none can be.
    """

    asked: bool
    has_password: bool
    passkeys_of: str
    authenticators: list[AuthenticatorAnswer]
    sessions: list[SessionAnswer]


class Seed(msgspec.Struct, frozen=True, kw_only=True):
    """For an authenticator app: the seed as typed, as a link, and the link as the lines of a QR code."""

    challenge: str
    secret: str
    link: str
    picture: tuple[str, ...]


class Beginning(msgspec.Struct, frozen=True, kw_only=True):
    """What a new authenticator is made with; good once, within five minutes."""

    passkey: passkeys.CreationOptions | None
    totp: Seed


class NewAuthenticator(msgspec.Struct, frozen=True, kw_only=True):
    """What the browser has made, or the first code of the app with the challenge of its seed."""

    name: Name
    passkey: passkeys.Credential | None = None
    challenge: Secret | None = None
    code: Code | None = None

    def __post_init__(self) -> None:
        by_code = self.challenge is not None and self.code is not None
        if (self.passkey is None) is not by_code:
            raise ValueError("either `passkey`, or `challenge` and `code`, is needed")


class Renamed(msgspec.Struct, frozen=True, kw_only=True):
    """Another name."""

    name: Name


class NewPassword(msgspec.Struct, frozen=True, kw_only=True):
    """`old` is not needed by who has signed on by a recovery code."""

    password: Secret
    old: Secret | None = None


def told_authenticator(one: Authenticator) -> AuthenticatorAnswer:
    """As it is told; not what proves it."""
    return AuthenticatorAnswer(
        id=passkeys.base64(one.id),
        kind=one.kind,
        name=one.name,
        backed_up=one.backed_up,
        created_at=rfc3339(one.created_at),
        used_at=_moment(one.used_at),
    )


def told_session(one: Session, here: Session) -> SessionAnswer:
    """As it is told in the session `here`."""
    return SessionAnswer(
        id=one.id,
        here=one.key == here.key,
        way=one.way,
        begun_at=rfc3339(one.begun_at),
        used_at=_moment(one.used_at),
        until=rfc3339(one.until),
        node=one.node,
        address=one.address,
    )


def _moment(at: Instant | None) -> Moment | None:
    return None if at is None else rfc3339(at)
