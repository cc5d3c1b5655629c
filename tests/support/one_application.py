"""One Litestar application in a process for all webs that have the same routes.

Litestar reads the types of two hundred functions and lays out as many paths, which takes most of the time in
which a web is built, and comes to the same each time. Here the paths call the functions of the web that is
asked, and a handler of a route is made for the first web alone.
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


class _Handler:
    """Of a route at a web: its function and guard, as far as a web differs from the next."""

    def __init__(self, route: Any, web: Any) -> None:
        from gateways.http.routing.handler import called_of

        self.route, self.web = route, web
        self.fn = called_of(route, web)
        self.guards = [] if (guard := route.declared.by.guard) is None else [guard(web)]
        self.paths = (route.declared.method, route.declared.path)

    def whole(self) -> Any:
        """As Litestar needs it to lay out the paths."""
        from gateways.http.routing.handler import handler

        return handler(self.route, self.web)


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
            whole = [one.whole() if isinstance(one, _Handler) else one for one in route_handlers]
            like = (*(one.fn for one in whole), *functions[len(whole) :])
            asked = iter([_asked(number, one) for number, one in enumerate(like)])
            for one in whole:
                one._fn = next(asked)
            for one in whole:
                one.guards = [next(asked) for _ in one.guards or ()]
            made[shape] = _Asked(
                whole,
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
            app = sys.modules["gateways.http.app"]
            patch.setattr(app, "Litestar", application)
            patch.setattr(app, "handlers_of", lambda routes, web: [_Handler(one, web) for one in routes])
            describe, described = app.openapi_config, {}

            def once(routes: Sequence[Any], *of: object) -> Any:
                """Describe these routes, or return what was said of the same ones before."""
                shape = (*(one.name for one in routes), *of)
                if shape not in described:
                    described[shape] = describe(routes, *of)
                return described[shape]

            patch.setattr(app, "openapi_config", once)
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
