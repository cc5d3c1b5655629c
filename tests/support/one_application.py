"""One Litestar application in a process for all webs that have the same routes.

Litestar reads the types of two hundred functions and lays out as many paths, which takes most of the time in
which a web is built, and comes to the same each time. Here the paths call the functions of the web that is
asked.
"""

from __future__ import annotations

import copy
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from inspect import iscoroutinefunction
from typing import Any

import pytest
from litestar import Litestar
from litestar.events import SimpleEventEmitter
from litestar.types import Receive, Scope, Send

Function = Callable[..., Any]

_own: ContextVar[Sequence[Function]] = ContextVar("the functions of the web that is asked")


class _Asked(Litestar):
    """The routes of all, the functions of one."""

    own: Sequence[Function]

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        before = _own.set(self.own)
        try:
            await super().__call__(scope, receive, send)
        finally:
            _own.reset(before)


@contextmanager
def one_application() -> Iterator[None]:
    """For whatever `gateways.http.app` builds, if a test has it."""
    made: dict[object, _Asked] = {}

    def application(
        route_handlers: Sequence[Any],
        *,
        middleware: Sequence[Function],
        exception_handlers: Mapping[Any, Function],
        before_send: Sequence[Any],
        lifespan: Sequence[Any],
        openapi_config: Any,
        **others: Any,
    ) -> Litestar:
        own = [one.fn for one in route_handlers]
        guards = [guard for one in route_handlers for guard in one.guards or ()]
        routes = tuple((one.fn.__code__, *one.paths, len(one.guards or ())) for one in route_handlers)
        shape = (routes, len(middleware), tuple(exception_handlers), repr(others))
        functions = (*own, *guards, *middleware, *exception_handlers.values())
        if shape not in made:
            asked = iter([_asked(number, one) for number, one in enumerate(functions)])
            for one in route_handlers:
                one._fn = next(asked)
            for one in route_handlers:
                one.guards = [next(asked) for _ in one.guards or ()]
            made[shape] = _Asked(
                route_handlers,
                middleware=[_around(next(asked)) for _ in middleware],
                exception_handlers={of: next(asked) for of in exception_handlers},
                openapi_config=openapi_config,
                **others,
            )
        web = copy.copy(made[shape])
        web.own = functions
        web.openapi_config = openapi_config
        web.before_send = list(before_send)
        web.event_emitter = SimpleEventEmitter([])
        web._lifespan_managers = list(lifespan)
        web.asgi_router = copy.copy(web.asgi_router)
        web.asgi_router.app = web
        return web

    with pytest.MonkeyPatch.context() as patch:
        if "gateways.http.app" in sys.modules:
            patch.setattr("gateways.http.app.Litestar", application)
        yield


def _asked(number: int, like: Function) -> Function:
    if iscoroutinefunction(like):

        @wraps(like)
        async def call(*args: Any, **named: Any) -> Any:
            return await _own.get()[number](*args, **named)

        return call

    @wraps(like)
    def call_at_once(*args: Any, **named: Any) -> Any:
        return _own.get()[number](*args, **named)

    return call_at_once


def _around(middleware: Function) -> Function:
    def around(app: Function) -> Function:
        async def answered(scope: Scope, receive: Receive, send: Send) -> None:
            await middleware(app)(scope, receive, send)

        return answered

    return around
