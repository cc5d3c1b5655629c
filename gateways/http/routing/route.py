"""Route: one declaration and one plain function, which receives the web's parts and the caller.

    @route(POST, "/v1/shift/notes", by=OPERATOR, audit=AUDIT, status=201)
    async def leave_shift_note(web: Web, who: Caller, note: NewNote) -> NoteRow:
        "Leave a note to the next shift."

The function's name is the operation's. The first line of its docstring is the summary, the rest the
description. Body, parameters and response follow from the annotations: a struct is the body; names in the
path are path parameters (`{name:path}`: the rest of the path); `bytes` is the raw body; other arguments are
query parameters. A plain function may wait for the journal and is called on a thread; a coroutine must not
wait. `refuses` lists the possible refusals, except those that follow from the permission, a body, a query or
a change.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import KW_ONLY, dataclass, field
from types import ModuleType
from typing import Any, Final, Generic, TypeVar, get_args, get_origin, get_type_hints

import msgspec
from litestar.datastructures import ResponseHeader
from litestar.openapi import ResponseSpec

from gateways.http.parts.context import Web
from gateways.http.routing.permissions import Caller, Permission
from gateways.http.wire.answers import Problem, said
from gateways.http.wire.errors import BadBody, HttpGatewayError, NotDurable, Why
from messages.ids import AlertId
from model.orders.refusals import Refusal
from store.audit.entry import Action

T = TypeVar("T")
GET: Final = "GET"
POST: Final = "POST"
PUT: Final = "PUT"
PATCH: Final = "PATCH"
DELETE: Final = "DELETE"

Refusable = type[HttpGatewayError] | Why | Refusal | tuple[int, str]
"""An error class, the code of a refusal, or a status with its sentence."""

_IN_PATH: Final = re.compile(r"{(\w+)(?::path)?}")
_SUCCESS: Final = {200: "As it is now.", 201: "It is kept.", 202: "It is taken."}
_UNCHANGED: Final = "`If-None-Match` with the `ETag` of the answer before: 304 where it is the same."


class Answer(msgspec.Struct, Generic[T], frozen=True):
    """Response with more than its struct. `about` and `detail` are entered in the audit first.

    A status of 0 is the route's own. A `Response` as value is sent unchanged.
    """

    value: T
    about: Iterable[str | None] = ()
    detail: str = ""
    actor: str | None = None
    status: int = 0
    headers: Mapping[str, str] = {}


@dataclass(frozen=True)
class Parameters:
    """Parameter names of a route's function, by their source."""

    web: str = ""
    caller: str = ""
    body: str = ""
    content: str = ""
    """Parameter for the raw body."""
    alerts: tuple[str, ...] = ()
    """Path parameters that are alert ids."""
    path: tuple[str, ...] = ()
    query: tuple[str, ...] = ()
    """Parameters from the query, or computed from the query by a dependency."""

    @classmethod
    def of(cls, function: Callable[..., Any], hints: Mapping[str, Any], path: str) -> Parameters:
        """Return the parameters, read from the function's annotations."""
        found: dict[str, Any] = {"alerts": (), "path": tuple(_IN_PATH.findall(path)), "query": ()}
        for name in inspect.signature(function).parameters:
            kind = hints[name]
            if name in found["path"]:
                found["alerts"] += (name,) if kind is AlertId else ()
            elif kind is Web:
                found["web"] = name
            elif kind is Caller:
                found["caller"] = name
            elif kind is bytes:
                found["content"] = name
            elif _is_struct(kind):
                found["body"] = name
            else:
                found["query"] += (name,)
        return cls(**found)


@dataclass(frozen=True)
class Route:
    """A declaration with its function."""

    declared: Declaration
    function: Callable[..., Any]
    hints: Mapping[str, Any]
    given: Parameters

    @property
    def name(self) -> str:
        """Name of the operation."""
        return self.function.__name__

    @property
    def summary(self) -> str:
        """First line of the function's docstring."""
        return inspect.getdoc(self.function).partition("\n")[0].removesuffix(".")  # type: ignore[union-attr]

    @property
    def description(self) -> str | None:
        """Rest of the function's docstring; None if empty."""
        rest = (inspect.getdoc(self.function) or "").partition("\n")[2]
        own = " ".join(rest.split())
        return " ".join(filter(None, (own, _UNCHANGED if self.declared.listed else ""))) or None

    @property
    def tags(self) -> list[str]:
        """Headings of the route in the description."""
        if self.declared.path.startswith("/v1/admin/"):
            return ["admin"]
        return list(self.declared.by.tags)

    @property
    def changes(self) -> bool:
        """True if the route changes something."""
        return self.declared.method != GET

    @property
    def body(self) -> type[msgspec.Struct] | None:
        """Struct of the body; None if the route accepts no body."""
        found: type[msgspec.Struct] | None = self.hints.get(self.given.body)
        return found

    @property
    def returned(self) -> Any:
        """Return type of the function, without `Answer`."""
        found = self.hints["return"]
        return get_args(found)[0] if get_origin(found) is Answer else found

    @property
    def answer(self) -> type[msgspec.Struct] | None:
        """Struct of the response; None if the response is no struct."""
        return self.returned if _is_struct(self.returned) else self.declared.answers

    @property
    def status(self) -> int:
        """Status of a success."""
        return self.declared.status or (204 if self.returned is type(None) else 200)

    def responses(self) -> dict[int, ResponseSpec]:
        """Return the possible responses by status, each with its description."""
        told: dict[int, list[str]] = {}
        for status, sentence in self._problems():
            told.setdefault(status, []).append(sentence)
        problems = {status: said(Problem, " ".join(dict.fromkeys(one))) for status, one in told.items()}
        if (kind := self.answer) is None:
            return problems
        own = {self.status: self.declared.says or _SUCCESS[self.status], **self.declared.also}
        return {**{status: said(kind, sentence) for status, sentence in own.items()}, **problems}

    def _problems(self) -> Iterator[tuple[int, str]]:
        named = [_problem(one) for one in self.declared.refuses]
        by, statuses = self.declared.by, {status for status, _ in named}
        if by.unknown and 401 not in statuses:
            yield 401, by.unknown
        if by.refused:
            csrf = by.least is not None and self.changes and "CSRF" not in by.refused
            yield 403, f"{by.refused[:-1]}, or no CSRF token." if csrf else by.refused
        if (self.given.body or self.given.query) and 400 not in statuses:
            yield _problem(BadBody)
        if self.changes and 503 not in statuses and by.tags != ("health",):
            yield _problem(NotDurable)
        yield from named


@dataclass(frozen=True)
class Declaration:
    """Declaration of a route. A call with the function returns the route."""

    method: str
    path: str
    _: KW_ONLY
    by: Permission
    audit: Action | str
    """Audited action, or the reason why the route shows no personal data."""
    status: int = 0
    """Status of a success, if other than 200 (or 204 for an empty response)."""
    says: str = ""
    """Sentence that describes a success."""
    also: Mapping[int, str] = field(default_factory=dict)
    """Other statuses with the same struct, and their sentences."""
    refuses: tuple[Refusable, ...] = ()
    listed: bool = False
    """True if a page polls the route: data is sent, and entered in the audit, only after a change."""
    largest: int | None = None
    """Maximum size of the body in bytes, if other than the default."""
    described: bool = True
    """False if the route is left out of the interface's description."""
    answers: type[msgspec.Struct] | None = None
    """Struct of the response, if the function returns a finished response."""
    headers: tuple[ResponseHeader, ...] = ()
    """Response headers for the description."""
    dependencies: Mapping[str, Any] = field(default_factory=dict)
    """Functions that compute a parameter from the query, by the name of the parameter."""

    def __call__(self, function: Callable[..., Any]) -> Route:
        hints = get_type_hints(function, include_extras=True)
        return Route(self, function, hints, Parameters.of(function, hints, self.path))


route: Final = Declaration


def routes_of(modules: Iterable[ModuleType]) -> tuple[Route, ...]:
    """Return the routes that these modules declare, in order."""
    return tuple(one for module in modules for one in vars(module).values() if isinstance(one, Route))


def _problem(one: Refusable) -> tuple[int, str]:
    if isinstance(one, tuple):
        return one
    if isinstance(one, Why):
        return one.status, f"`{one}`: {one.sentence}"
    if isinstance(one, Refusal):
        return 409, f"`{one}`: {one.sentence}"
    sentence = " ".join((inspect.getdoc(one) or "").partition("\n\n")[0].split())
    return one.status, f"{sentence} `code` is one of {', '.join(one.codes)}." if one.codes else sentence


def status_of(one: Refusable) -> int:
    """Return the HTTP status of a refusal."""
    return _problem(one)[0]


def _is_struct(kind: Any) -> bool:
    return inspect.isclass(kind) and issubclass(kind, msgspec.Struct)
