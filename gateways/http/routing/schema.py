"""Description of the interface: OpenAPI 3.1 at /schema/openapi.json, and a page with all routes at /schema.

The page is plain HTML without a script, and loads nothing from elsewhere. The schemas of the structs are
msgspec's own, so that the documented form is exactly the checked form.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

import msgspec
from litestar import Request
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin, OpenAPIRenderPlugin
from litestar.openapi.spec import Components, SecurityScheme, Tag

from application.templates import render
from gateways.http.routing.route import Route
from gateways.http.wire.answers import Problem
from gateways.http.wire.decoding import JSON, MSGPACK

Document = dict[str, Any]

_TEMPLATE: Final = Path(__file__).with_name("page.html.j2")

TAGS: Final = {
    "app": "For the app on the user's phone.",
    "operator": "For operators.",
    "admin": "For admins.",
    "console": "For the console's page.",
    "psap": "For 112's own systems.",
    "health": "For those who watch the center.",
}

EXAMPLES: Final[dict[str, dict[str, Any]]] = {
    "AlertBody": {
        "id": "a1f2c9d0",
        "phone": "+393331112223",
        "raised_at": "2026-11-24T21:46:48.200Z",
        "position": {"lat": 44.39058, "lon": 8.97342, "accuracy_m": 18.0, "at": "2026-11-24T21:46:42Z"},
        "battery_pct": 23,
    },
    "AlertAnswer": {
        "alert": "a1f2c9d0",
        "received_at": "2026-11-24T21:46:48.310000Z",
        "deadline_at": "2026-11-24T21:47:38.200000Z",
        "advice": "wait",
    },
    "PositionBody": {"lat": 44.39058, "lon": 8.97342, "accuracy_m": 18.0, "source": "gps"},
    "CancelBody": {"pin": "4711"},
    "CommandBody": {"command": "note", "text": "Speaks quietly, a man in the background"},
    "MessageBody": {"id": "m1", "text": "In the bathroom"},
    "SeenBody": {"upto": 2, "read": True},
    "ShiftBody": {"state": "paused", "reason": "break"},
    "SignOn": {"operator": "marta-bianchi", "password": "a long sentence of her own"},
    "Problem": {"reason": "Expected `float` <= 90.0", "path": "$.position.lat"},
    "AlertState": {
        "alert": "a1f2c9d0",
        "version": 9,
        "phase": "calling_user",
        "received_at": "2026-11-24T21:46:48.310000Z",
        "deadline_at": "2026-11-24T21:47:38.200000Z",
        "advice": "wait",
        "operator_assigned": True,
        "legs": [
            {"party": "operator", "state": "answered", "attempt": 1, "since": "2026-11-24T21:46:48.400000Z"},
            {"party": "user", "state": "ringing", "attempt": 1, "since": "2026-11-24T21:46:52.000000Z"},
        ],
        "test": False,
        "cancelled": False,
        "closed_at": None,
        "outcome": None,
        "calls_from": ["+390200000001", "+390200000002"],
    },
}


def structs_of(routes: Iterable[Route]) -> list[type[msgspec.Struct]]:
    """Return the structs of the routes' bodies and responses, without duplicates."""
    told = [one for route in routes if route.declared.described for one in (route.body, route.answer)]
    return list(dict.fromkeys([Problem, *(one for one in told if one is not None)]))


def complete(document: Document, structs: Iterable[type[msgspec.Struct]]) -> Document:
    """Return Litestar's document with msgspec's schemas, examples, and MessagePack beside JSON."""
    _, schemas = msgspec.json.schema_components(structs, ref_template="#/components/schemas/{name}")
    for name, example in EXAMPLES.items():
        schemas[name]["examples"] = [example]
    schemas["AlertBody"]["anyOf"] = [{"required": ["phone"]}, {"required": ["device"]}]
    done = {**document, "components": {**document.get("components", {}), "schemas": schemas}}
    done["paths"] = {
        path: {method: _both_forms(operation) for method, operation in item.items()}
        for path, item in document.get("paths", {}).items()
    }
    return done


def _both_forms(operation: Any) -> Any:
    if not isinstance(operation, dict):
        return operation
    operation = dict(operation)
    if isinstance(body := operation.get("requestBody"), dict):
        operation["requestBody"] = {**body, "content": _both(body["content"])}
    operation["responses"] = {
        status: {**response, "content": _both(response["content"])} if response.get("content") else response
        for status, response in operation.get("responses", {}).items()
        # Litestar documents an error format of its own, which this interface never sends.
        if _is_ours(response)
    }
    return operation


def _both(content: Document) -> Document:
    return {**content, MSGPACK: content[JSON]} if JSON in content else content


def _is_ours(response: Document) -> bool:
    return "status_code" not in str(response.get("content", ""))


class _Json(JsonRenderPlugin):
    def __init__(self, structs: list[type[msgspec.Struct]]) -> None:
        super().__init__(path="/openapi.json")
        self._structs = structs

    def render(self, request: Request[Any, Any, Any], openapi_schema: Document) -> bytes:
        return msgspec.json.encode(complete(openapi_schema, self._structs))


class _Page(OpenAPIRenderPlugin):
    """Plain page that lists the routes and schemas."""

    def __init__(self, structs: list[type[msgspec.Struct]]) -> None:
        super().__init__(path="/")
        self._structs = structs

    def render(self, request: Request[Any, Any, Any], openapi_schema: Document) -> bytes:
        document = complete(openapi_schema, self._structs)
        schemas = [
            (name, msgspec.json.format(msgspec.json.encode(schema)).decode())
            for name, schema in sorted(document["components"]["schemas"].items())
        ]
        return render(_TEMPLATE, document=document, schemas=schemas, json=JSON).encode()


def openapi_config(routes: Iterable[Route], version: str, cookie: str) -> OpenAPIConfig:
    """Return the value for `Litestar(openapi_config=…)`."""
    structs = structs_of(routes)
    return OpenAPIConfig(
        title="securWoman operations centre",
        version=version or "0",
        description="Alerts in, their state out, operators' commands; JSON or MessagePack "
        "(`application/msgpack`). The console's WebSocket is GET /v1/console.",
        path="/schema",
        render_plugins=[_Page(structs), _Json(structs)],
        tags=[Tag(name=name, description=description) for name, description in TAGS.items()],
        components=Components(
            security_schemes={
                "appKey": SecurityScheme(type="http", scheme="bearer", description="`keys/app.key`"),
                "feedToken": SecurityScheme(
                    type="http", scheme="bearer", description='Of a `[[psap.data]]` with `to = "feed"`.'
                ),
                "operatorToken": SecurityScheme(type="http", scheme="bearer", description="An operator's."),
                "consoleSession": SecurityScheme(
                    type="apiKey",
                    name=cookie,
                    security_scheme_in="cookie",
                    description="With the header `X-CSRF-Token` for everything that changes something.",
                ),
            }
        ),
    )
