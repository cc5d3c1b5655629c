"""How a request that fails is answered: each error of ours, Litestar's, and what nobody expects."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response
from litestar.exceptions import HTTPException
from litestar.types import ExceptionHandlersMap

from gateways.http.parts.context import Web
from gateways.http.wire.answers import AnyRequest, Problem, answer
from gateways.http.wire.errors import NotDurable, RequestError, TooMany
from messages.ids import Advice
from runtime import logs
from store.errors import StoreError

log = logs.get("http")


def exception_handlers(web: Web) -> ExceptionHandlersMap:
    """By the kind of error."""

    def refused(request: AnyRequest, error: RequestError) -> Response[bytes]:
        web.metrics.refused.labels(status=str(error.status)).inc()
        web.audit.refused(request, error)
        told = Problem(reason=error.reason, path=error.path, code=error.code, is_now=error.is_now)
        response = answer(request, told, error.status)
        if error.status == 401:
            response.headers["www-authenticate"] = "Bearer"
        if isinstance(error, TooMany):
            response.headers["retry-after"] = str(error.retry_after_s)
        return response

    def not_durable(request: AnyRequest, error: NotDurable) -> Response[bytes]:
        problem = Problem(reason=f"not durable: {error}", advice=Advice.CALL_112_NOW)
        return answer(request, problem, error.status)

    def litestars(request: AnyRequest, error: HTTPException) -> Response[bytes]:
        web.metrics.refused.labels(status=str(error.status_code)).inc()
        response = answer(request, _problem(error), error.status_code)
        for name, value in (error.headers or {}).items():
            response.headers[name.lower()] = value
        return response

    def of_store(request: AnyRequest, error: StoreError) -> Response[bytes]:
        log.error("the journal or the registry failed", path=request.url.path, reason=str(error))
        problem = Problem(reason="the journal cannot be reached", advice=Advice.CALL_112_NOW)
        return answer(request, problem, NotDurable.status)

    def unexpected(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
        # Not the request itself: it may hold numbers, names and keys.
        log.error("a request failed", path=request.url.path, method=request.method, exc_info=error)
        return answer(request, Problem(reason="the center has failed", advice=Advice.CALL_112_NOW), 500)

    return {
        RequestError: refused,
        NotDurable: not_durable,
        HTTPException: litestars,
        StoreError: of_store,
        Exception: unexpected,
    }


def _problem(error: HTTPException) -> Problem:
    """What Litestar has found: in a query parameter, or in a body that is not there."""
    for fault in error.extra if isinstance(error.extra, list) else ():
        if isinstance(fault, dict):
            key = str(fault.get("key", ""))
            if key == "data":
                return Problem(reason="a body is needed", path="$")
            return Problem(reason=str(fault.get("message", error.detail)), path=f"?{key}")
    return Problem(reason=error.detail or type(error).__name__)
