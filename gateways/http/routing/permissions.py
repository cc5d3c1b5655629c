"""Permissions of routes: the callers, their proof, and the data then known about the caller."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

import msgspec

from gateways.http.parts.context import Web
from gateways.http.security.auth import OPERATOR as BY_OPERATOR
from gateways.http.security.auth import SESSION as BY_SESSION
from gateways.http.security.auth import Guard
from gateways.http.security.senders import PHONE as BY_PHONE
from gateways.http.security.senders import SENDER, Sender
from gateways.http.wire.answers import AnyRequest, header
from messages.ids import OperatorId
from store.audit.entry import Action
from store.registry.access.sessions import Session
from store.registry.devices import DeviceKey
from store.registry.people import StaffRole


class Caller:
    """Caller of a route, as far as the route's permission has identified the caller. One for each request."""

    __slots__ = ("_web", "request")

    def __init__(self, web: Web, request: AnyRequest) -> None:
        self._web = web
        self.request = request

    @property
    def operator(self) -> OperatorId:
        """Operator, in a route of staff or of a session."""
        found: OperatorId = self.request.state[BY_OPERATOR]
        return found

    @property
    def sender(self) -> Sender:
        """App, in a route of apps."""
        found: Sender = self.request.state[SENDER]
        return found

    @property
    def phone(self) -> DeviceKey:
        """Enrolled phone that signed the request, in a route of enrolled phones."""
        found: DeviceKey = self.request.state[BY_PHONE]
        return found

    @property
    def session(self) -> Session:
        """Session of the console, in a route of sessions."""
        found: Session = self.request.state[BY_SESSION]
        return found

    @property
    def address(self) -> str:
        """Address for which the request counts; empty if unknown."""
        return self._web.client_address(self.request)

    def header(self, name: bytes) -> str | None:
        """Return the value of one header; None if missing."""
        return header(self.request, name)

    async def note(
        self,
        subjects: Iterable[str | None] = (),
        *,
        detail: str = "",
        actor: str | None = None,
        action: Action | None = None,
    ) -> None:
        """Enter in the audit the data of the coming response; see `Auditing.note`. Raises NotDurable."""
        await self._web.audit.note(self.request, subjects, detail=detail, actor=actor, action=action)


class Permission(msgspec.Struct, frozen=True, kw_only=True):
    """Callers that may use a route."""

    who: str
    """Name of the callers, for the reference."""
    guard: Callable[[Web], Guard] | None = None
    """Guard; None if the route checks the request itself."""
    least: StaffRole | None = None
    """Lowest role of staff that may use the route."""
    tags: tuple[str, ...] = ("operator",)
    """Headings of the routes in the description."""
    security: tuple[str, ...] = ()
    """Security schemes of the description, any of which is enough."""
    unknown: str = ""
    """Sentence for 401; empty if the route never answers 401."""
    refused: str = ""
    """Sentence for 403; empty if the route never answers 403 for a missing permission."""


_BY_STAFF: Final = ("operatorToken", "consoleSession")
_NO_STAFF: Final = "No operator's token, no session."


def _staff(who: str, least: StaffRole, refused: str) -> Permission:
    return Permission(
        who=who,
        guard=lambda web: web.auth.require_role(least),
        least=least,
        security=_BY_STAFF,
        unknown=_NO_STAFF,
        refused=refused,
    )


ANYBODY: Final = Permission(who="anybody", tags=("health",))
OPERATOR: Final = _staff("operators", StaffRole.OPERATOR, "No operator any more.")
SUPERVISOR: Final = _staff("supervisors", StaffRole.SUPERVISOR, "Neither supervisor nor admin.")
ADMIN: Final = _staff("admins", StaffRole.ADMIN, "No admin.")
SIGNED_ON: Final = Permission(
    who="operators",
    guard=lambda web: web.auth.operator,
    least=StaffRole.OPERATOR,
    security=_BY_STAFF,
    unknown=_NO_STAFF,
    refused="A session without its CSRF token.",
)
"""An operator, without reading the role: a command is accepted while the registry cannot be read."""
SESSION: Final = Permission(
    who="the console's session",
    guard=lambda web: web.auth.browser,
    tags=("console",),
    security=("consoleSession",),
    unknown="No session.",
    refused="No CSRF token.",
)
APP: Final = Permission(
    who="the app",
    guard=lambda web: web.senders.guard,
    tags=("app",),
    security=("appKey",),
    unknown="No app key of this center.",
)
APP_OR_INVITED: Final = Permission(
    who="the app, or by an invitation",
    guard=lambda web: web.senders.refresh,
    tags=("app",),
    security=("appKey",),
    unknown="No app key of this center.",
)
PHONE: Final = Permission(
    who="an enrolled phone",
    guard=lambda web: web.senders.enrolled,
    tags=("app",),
    security=("appKey",),
    unknown="No app key of this center, no signature of an enrolled phone.",
    refused="Not signed by an enrolled phone; `code` is the doubt.",
)
APP_OR_OPERATOR: Final = Permission(
    who="the app, operators",
    tags=("app", "operator"),
    guard=lambda web: web.auth.anybody,
    security=("appKey", *_BY_STAFF),
    unknown="Nobody who may know.",
)
SIGN_ON: Final = Permission(who="what signs on", tags=("console",))
SIGNED_IN: Final = Permission(
    who="the console's session", tags=("console",), security=("consoleSession",), unknown="Not signed on."
)
FEED: Final = Permission(
    who="a PSAP's token", tags=("psap",), security=("feedToken",), unknown="No feed's token."
)
