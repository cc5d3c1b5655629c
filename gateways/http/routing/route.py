"""A route: one declaration and one plain function, which is given the web's parts and who asks.

    @route(POST, "/v1/shift/notes", by=OPERATOR, audit=AUDIT, status=201)
    async def leave_shift_note(web: Web, who: Caller, note: NewNote) -> NoteRow:
        "Leave a note to the next shift."

The function's name is the operation's; its docstring says it in a line and describes it below. Body,
parameters and answer follow from the annotations: a struct is the body, what the path names is in the path
(`{name:path}`: all that follows), `bytes` is the body as it was sent, and the rest is asked of the query. A
plain function waits for the journal and is called on a thread; a coroutine must not. What a request can be
refused for is named in `refuses`; what follows from who may ask, from a body and from a change is not.
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
"""A problem, the code of one, or a status with its sentence."""

_IN_PATH: Final = re.compile(r"{(\w+)(?::path)?}")
_SUCCESS: Final = {200: "As it is now.", 201: "It is kept.", 202: "It is taken."}
_UNCHANGED: Final = "`If-None-Match` with the `ETag` of the answer before: 304 where it is the same."


class Answer(msgspec.Struct, Generic[T], frozen=True):
    """An answer that says more than its struct. With `about` and `detail` it is entered in the audit first.

    A status of 0 is that of the route. A response is sent as it is.
    """

    value: T
    about: Iterable[str | None] = ()
    detail: str = ""
    actor: str | None = None
    status: int = 0
    headers: Mapping[str, str] = {}


@dataclass(frozen=True)
class Parameters:
    """What a route's function is given, by the names that it has for it."""

    web: str = ""
    caller: str = ""
    body: str = ""
    content: str = ""
    """The body as it was sent."""
    alerts: tuple[str, ...] = ()
    """What of the path is the id of an alert."""
    path: tuple[str, ...] = ()
    query: tuple[str, ...] = ()
    """What is asked of the query, or made of it."""

    @classmethod
    def of(cls, function: Callable[..., Any], hints: Mapping[str, Any], path: str) -> Parameters:
        """Read them from the annotations."""
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
        """The operation's."""
        return self.function.__name__

    @property
    def summary(self) -> str:
        """The first line of what the function says of itself."""
        return inspect.getdoc(self.function).partition("\n")[0].removesuffix(".")  # type: ignore[union-attr]

    @property
    def description(self) -> str | None:
        """The rest of it; None where there is none."""
        rest = (inspect.getdoc(self.function) or "").partition("\n")[2]
        own = " ".join(rest.split())
        return " ".join(filter(None, (own, _UNCHANGED if self.declared.listed else ""))) or None

    @property
    def tags(self) -> list[str]:
        """The headings under which it is described."""
        if self.declared.path.startswith("/v1/admin/"):
            return ["admin"]
        return list(self.declared.by.tags)

    @property
    def changes(self) -> bool:
        """Return True where it changes something."""
        return self.declared.method != GET

    @property
    def body(self) -> type[msgspec.Struct] | None:
        """The struct of its body."""
        found: type[msgspec.Struct] | None = self.hints.get(self.given.body)
        return found

    @property
    def told(self) -> Any:
        """What its function returns, within an `Answer` or without."""
        found = self.hints["return"]
        return get_args(found)[0] if get_origin(found) is Answer else found

    @property
    def answer(self) -> type[msgspec.Struct] | None:
        """The struct of its answer."""
        return self.told if _is_struct(self.told) else self.declared.answers

    @property
    def status(self) -> int:
        """The status of its success."""
        return self.declared.status or (204 if self.told is type(None) else 200)

    def responses(self) -> dict[int, ResponseSpec]:
        """What it is answered with, each with its sentence."""
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
    """What is said of a route beside its function. Called with the function it makes the route."""

    method: str
    path: str
    _: KW_ONLY
    by: Permission
    audit: Action | str
    """What reading or changing it is, or why it shows nobody's data."""
    status: int = 0
    """Of its success, where that is not 200, or 204 for nothing."""
    says: str = ""
    """The sentence of its success."""
    also: Mapping[int, str] = field(default_factory=dict)
    """Other statuses with the same answer, and their sentences."""
    refuses: tuple[Refusable, ...] = ()
    listed: bool = False
    """A page asks for it again and again: it is told, and entered in the audit, only where it has changed."""
    largest: int | None = None
    """Bytes of its body, where they may be more or fewer than of others."""
    described: bool = True
    """False: it is no part of the interface's description."""
    answers: type[msgspec.Struct] | None = None
    """The struct of the answer, where the function makes a response of it."""
    headers: tuple[ResponseHeader, ...] = ()
    """What the description says of headers of the answer."""
    dependencies: Mapping[str, Any] = field(default_factory=dict)
    """What is made of the query before, by the parameter that takes it."""

    def __call__(self, function: Callable[..., Any]) -> Route:
        hints = get_type_hints(function, include_extras=True)
        return Route(self, function, hints, Parameters.of(function, hints, self.path))


route: Final = Declaration


def routes_of(modules: Iterable[ModuleType]) -> tuple[Route, ...]:
    """The routes that these modules declare, in their order."""
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
    """The status with which it is answered."""
    return _problem(one)[0]


def _is_struct(kind: Any) -> bool:
    return inspect.isclass(kind) and issubclass(kind, msgspec.Struct)
