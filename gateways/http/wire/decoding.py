"""Strict decoding of a body's bytes to its struct.

Litestar's own conversion is lax (`"42"` passes for 42) and its errors have no path. Each route with a body
therefore names `Strict[Body]` as its DTO; Litestar still documents the body from the struct.
"""

from __future__ import annotations

from functools import cache
from typing import Any, Final, Generic, TypeVar

import msgspec
from litestar.dto import MsgspecDTO
from litestar.openapi.spec import Reference, Schema
from litestar.typing import FieldDefinition

from gateways.http.wire.errors import BadBody, BodyTooLarge, WrongMediaType
from messages.envelope import decode_error

T = TypeVar("T", bound=msgspec.Struct)

JSON: Final = "application/json"
MSGPACK: Final = "application/msgpack"
_MSGPACK_NAMES: Final = frozenset({MSGPACK, "application/x-msgpack", "application/vnd.msgpack"})
BODY_MAX: Final = 64 * 1024
"""Maximum size of a body in bytes. The largest body of the interface is a note of 4,000 characters."""


@cache
def _json_decoder(kind: type[T]) -> msgspec.json.Decoder[T]:
    return msgspec.json.Decoder(kind)


@cache
def _msgpack_decoder(kind: type[T]) -> msgspec.msgpack.Decoder[T]:
    return msgspec.msgpack.Decoder(kind)


def media_type(header: str | None) -> str:
    """Return JSON or MSGPACK for a Content-Type; JSON without a Content-Type. Raises WrongMediaType."""
    if not header:
        return JSON
    name = header.partition(";")[0].strip().lower()
    if name == JSON or (name.startswith("application/") and name.endswith("+json")):
        return JSON
    if name in _MSGPACK_NAMES:
        return MSGPACK
    raise WrongMediaType("the body must be application/json or application/msgpack")


def decode(body: bytes, content_type: str | None, kind: type[T]) -> T:
    """Return the struct in the body. Raises BadBody with the path of the fault, or another RequestError."""
    if len(body) > BODY_MAX:
        raise BodyTooLarge(f"the body has more than {BODY_MAX} bytes")
    try:
        if media_type(content_type) == JSON:
            decoded: T = _json_decoder(kind).decode(body)
        else:
            decoded = _msgpack_decoder(kind).decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, OverflowError) as error:
        fault = decode_error(error)
        raise BadBody(fault.reason, fault.path) from error
    return decoded


class Strict(MsgspecDTO[T], Generic[T]):
    """DTO of Litestar that puts `decode` between the body and the handler."""

    def decode_bytes(self, value: bytes) -> T:
        """Decode the body by its content type. Raises the errors of `decode`."""
        return decode(value, self.asgi_connection.headers.get("content-type"), self.model_type)

    @classmethod
    def create_for_field_definition(
        cls, field_definition: FieldDefinition, handler_id: str, backend_cls: object = None
    ) -> None:
        """Generate no transfer model: the body is decoded to the struct itself."""

    @classmethod
    def create_openapi_schema(
        cls, field_definition: FieldDefinition, handler_id: str, schema_creator: Any
    ) -> Reference | Schema:
        """Return the schema of the struct itself."""
        schema: Reference | Schema = schema_creator.for_field_definition(field_definition)
        return schema
