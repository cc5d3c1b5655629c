"""Who may ask a route, how that is proved, and what is known then of who asks."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

import msgspec

from gateways.http.door.auth import OPERATOR as BY_OPERATOR
from gateways.http.door.auth import SESSION as BY_SESSION
from gateways.http.door.auth import Guard
from gateways.http.door.senders import PHONE as BY_PHONE
from gateways.http.door.senders import SENDER, Sender
from gateways.http.parts.context import Web
from gateways.http.wire.answers import AnyRequest, header
from messages.ids import OperatorId
from store.audit.entry import Action
from store.registry.access.sessions import Session
from store.registry.devices import DeviceKey
from store.registry.people import StaffRole


class Caller:
    """Who has asked, as far as the route's permission has found out. One for each request."""

    __slots__ = ("_web", "request")

    def __init__(self, web: Web, request: AnyRequest) -> None:
        self._web = web
        self.request = request

    @property
    def operator(self) -> OperatorId:
        """The operator, of a route of staff or of a session."""
        found: OperatorId = self.request.state[BY_OPERATOR]
        return found

    @property
    def sender(self) -> Sender:
        """The app, of a route of apps."""
        found: Sender = self.request.state[SENDER]
        return found

    @property
    def phone(self) -> DeviceKey:
        """The enrolled phone that has signed, of a route of enrolled phones."""
        found: DeviceKey = self.request.state[BY_PHONE]
        return found

    @property
    def session(self) -> Session:
        """The console's session, of a route of sessions."""
        found: Session = self.request.state[BY_SESSION]
        return found

    @property
    def address(self) -> str:
        """The address for which the request counts; empty where none is known."""
        return self._web.client_address(self.request)

    def header(self, name: bytes) -> str | None:
        """One header; None where it was not sent."""
        return header(self.request, name)

    async def note(
        self,
        subjects: Iterable[str | None] = (),
        *,
        detail: str = "",
        actor: str | None = None,
        action: Action | None = None,
    ) -> None:
        """Enter in the audit what is about to be answered. See `Auditing.note`. Raises NotDurable."""
        await self._web.audit.note(self.request, subjects, detail=detail, actor=actor, action=action)


class Permission(msgspec.Struct, frozen=True, kw_only=True):
    """Who may ask."""

    who: str
    """The name, for the reference."""
    guard: Callable[[Web], Guard] | None = None
    """None: the route looks itself at what is sent."""
    least: StaffRole | None = None
    """The role of staff that is needed at least."""
    tags: tuple[str, ...] = ("operator",)
    """The headings under which its routes are described."""
    security: tuple[str, ...] = ()
    """By which of the description's schemes; one is enough."""
    unknown: str = ""
    """The sentence of 401; empty: never answered."""
    refused: str = ""
    """The sentence of 403; empty: never answered for want of a permission."""


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
"""An operator, of whom the role is not read: an order is taken while the registry cannot be."""
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
    guard=lambda web: web.senders.look,
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
