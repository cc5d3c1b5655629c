"""Makes Litestar's handlers from routes: arguments of the function, and sending of the response."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Iterable
from hashlib import sha256
from typing import Any, Final, get_origin

import msgspec
from litestar import Response
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, JSONBody

from gateways.http.parts.auditing import AUDIT
from gateways.http.parts.context import Web
from gateways.http.routing.permissions import Caller
from gateways.http.routing.route import Answer, Route
from gateways.http.wire.answers import AnyRequest, answer, header, no_store
from gateways.http.wire.bodies import checked
from gateways.http.wire.decoding import Strict
from store.audit.entry import Action

_IN_PATH: Final = {int: "int"}


def handlers_of(routes: Iterable[Route], web: Web) -> list[HTTPRouteHandler]:
    """Return the handlers of these routes, with the parts of this web."""
    return [handler(one, web) for one in routes]


def handler(route: Route, web: Web) -> HTTPRouteHandler:
    """Return the handler of a route. Guards and decoding are Litestar's."""
    declared, given = route.declared, route.given
    body: dict[str, Any] = {} if route.body is None else {"dto": _strict(route.body), "return_dto": None}
    if declared.largest is not None:
        body["request_max_body_size"] = declared.largest
    path = declared.path
    for name in given.path:
        path = path.replace(f"{{{name}}}", f"{{{name}:{_IN_PATH.get(route.hints[name], 'str')}}}")
    made = HTTPRouteHandler(
        path,
        http_method=declared.method,  # type: ignore[arg-type]
        guards=None if declared.by.guard is None else [declared.by.guard(web)],
        status_code=route.status,
        summary=route.summary,
        description=route.description,
        operation_id=route.name if declared.described else None,
        tags=route.tags,
        security=[{one: []} for one in declared.by.security] or None,
        responses=route.responses(),
        response_headers=declared.headers or None,
        dependencies=declared.dependencies or None,
        include_in_schema=declared.described,
        opt={AUDIT: declared.audit},
        **body,
    )
    return made(_declared(called_of(route, web), route))


def called_of(route: Route, web: Web) -> Any:
    """Return the function that answers requests to the route at this web.

    The function takes the request, and what the client has sent by name.
    """
    declared, given, function = route.declared, route.given, route.function
    waits = not inspect.iscoroutinefunction(function)
    parts = {given.web: web} if given.web else {}
    audited = isinstance(declared.audit, Action)

    async def called(request: AnyRequest, **sent: Any) -> Response[Any]:
        who = Caller(web, request)
        if given.caller:
            sent[given.caller] = who
        if given.body:
            sent[given.body] = sent.pop("data")
        if given.content:
            sent[given.content] = await request.body()
        for name in given.alerts:
            sent[name] = checked(sent[name])
        sent |= parts
        told = await asyncio.to_thread(function, **sent) if waits else await function(**sent)
        made = told if isinstance(told, Answer) else None
        response = _response(request, told if made is None else made.value, route.status)
        if made is not None and made.status:
            response.status_code = made.status
        if declared.listed:
            # A page with the same data receives nothing, and the audit gets no entry (RFC 9110, 15.4.5).
            tag = f'"{sha256(response.content).hexdigest()[:32]}"'
            if header(request, b"if-none-match") == tag:
                response, made = no_store(Response(b"", status_code=304)), None
            response.headers["etag"] = tag
        if made is not None:
            response.headers.update(made.headers)
            if audited and not web.audit.has_entered(request):
                await who.note(made.about, detail=made.detail, actor=made.actor)
        return response

    return called


def _declared(called: Any, route: Route) -> Any:
    """Return the function with the signature and annotations from which Litestar reads arguments."""
    given = route.given
    kinds: dict[str, Any] = {"request": AnyRequest}
    kinds |= {name: FromPath[int if route.hints[name] is int else str] for name in given.path}  # type: ignore[misc]
    kinds |= {name: route.hints[name] for name in given.query}
    if route.body is not None:
        kinds["data"] = JSONBody[route.body]  # type: ignore[misc, name-defined]
    defaults = inspect.signature(route.function).parameters
    own = [
        inspect.Parameter(
            name,
            inspect.Parameter.KEYWORD_ONLY,
            annotation=kind,
            default=defaults[name].default if name in given.query else inspect.Parameter.empty,
        )
        for name, kind in kinds.items()
    ]
    kinds["return"] = _returned(route)
    called.__signature__ = inspect.Signature(own, return_annotation=kinds["return"])
    called.__annotations__ = kinds
    called.__name__ = called.__qualname__ = route.name
    called.__module__ = route.function.__module__
    return called


def _returned(route: Route) -> Any:
    """Return the return annotation for Litestar: empty, a given response class, or bytes."""
    if route.status == 204:
        return Response[None]
    made = get_origin(route.returned) or route.returned
    return route.returned if inspect.isclass(made) and issubclass(made, Response) else Response[bytes]


def _response(request: AnyRequest, value: Any, status: int) -> Response[Any]:
    """Return the function's result as a response. Caches must not keep data about persons."""
    if isinstance(value, Response):
        return value
    if value is None:
        return Response(None, status_code=status)
    return no_store(answer(request, value, status))


def _strict(kind: type[msgspec.Struct]) -> type[Strict[Any]]:
    return Strict[kind]  # type: ignore[valid-type]
