"""What the routes of records share: how a record is told, what a change has to name, and its pictures."""

from __future__ import annotations

import re
from typing import Annotated, Any, Final

import msgspec
from litestar import Response

from gateways.http.parts.writing import Writing
from gateways.http.wire.answers import AnyRequest, Moment, Problem, answer, header, rfc3339, said
from gateways.http.wire.errors import BadBody, BodyTooLarge, Changed, NoSuchPerson, Unconditional
from messages.ids import UserId
from model.picture import PICTURE_MAX, PictureRefused
from model.record import PersonRecord
from store.errors import NobodyThere, NumberRefused
from store.registry.users import records
from store.registry.users.records import Kept, Picture, PictureMissing, PicturesFull, RecordChanged

BODY_MAX: Final = PICTURE_MAX + 1
"""Of a picture, and one byte by which one that is too large is known."""
_TAG: Final = re.compile(r'(?:W/)?"(\d{1,18})"')


class RecordAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A person's record. `version` stands in `ETag` as well, and in the next change's `If-Match`."""

    version: int
    changed_at: Moment | None
    record: PersonRecord
    sealed: bool = False
    """The record is shown to no phone: `record` is empty, or what was just sent."""


class PictureAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The picture is kept, for an hour if no record names it."""

    picture: Annotated[str, msgspec.Meta(examples=["5f0c7a3e9b1d42c8a6e4f00b7d9c1e23"])]


CHANGED: Final[dict[int, Any]] = {
    200: said(RecordAnswer, "As it is kept now."),
    400: said(Problem, "Not understood, no number, or no such picture."),
    412: said(Problem, "Somebody else was quicker: read it again."),
    428: said(Problem, "Without `If-Match`."),
}
"""What a change is answered with, beside who may make it."""
PICTURE_ADDED: Final[dict[int, Any]] = {
    201: said(PictureAnswer, "It is kept."),
    400: said(Problem, "No such picture, or too many."),
    413: said(Problem, "Too large."),
}
A_PICTURE: Final = (
    "The body is a JPEG, PNG or WebP, of 512 KiB at most; a record that is kept within an hour names it."
)


def told(request: AnyRequest, kept: Kept, *, sealed: bool = False) -> Response[bytes]:
    """The record, with its version."""
    at = None if kept.changed_at is None else rfc3339(kept.changed_at)
    shown = RecordAnswer(version=kept.version, changed_at=at, record=kept.record, sealed=sealed)
    response = answer(request, shown)
    response.headers["etag"] = f'"{kept.version}"'
    response.headers["cache-control"] = "no-store"
    return response


def expected(request: AnyRequest) -> int:
    """The version that was read, `If-Match: "3"`; 0 where there was none. Raises Unconditional."""
    found = _TAG.fullmatch((header(request, b"if-match") or "").strip())
    if found is None:
        raise Unconditional('a change names the version that was read: `If-Match: "3"`')
    return int(found[1])


async def written(
    writing: Writing, user: UserId, record: PersonRecord, version: int, *, by: str, region: str
) -> Kept:
    """Keep it. Raises Changed, BadBody, NoSuchPerson, NotDurable."""
    try:
        return await writing.run(
            lambda tx: records.write(tx, user, record, expected=version, by=by, region=region)
        )
    except RecordChanged as error:
        raise Changed(str(error)) from error
    except NumberRefused as error:
        raise BadBody(str(error), "$.contacts", "not_a_number") from error
    except PictureMissing as error:
        raise BadBody(str(error), "$") from error
    except NobodyThere as error:
        raise NoSuchPerson("no such user") from error


async def picture_kept(writing: Writing, user: UserId, data: bytes) -> PictureAnswer:
    """Keep a picture. Raises BadBody, BodyTooLarge, NoSuchPerson, NotDurable."""
    if len(data) > PICTURE_MAX:
        raise BodyTooLarge(f"more than {PICTURE_MAX} bytes")
    try:
        made = await writing.run(lambda tx: records.add_picture(tx, user, data))
    except (PictureRefused, PicturesFull) as error:
        raise BadBody(str(error)) from error
    except NobodyThere as error:
        raise NoSuchPerson("no such user") from error
    return PictureAnswer(picture=made)


def shown(found: Picture | None) -> Response[bytes]:
    """The picture, as what its bytes are and as nothing else. Raises NoSuchPerson."""
    if found is None:
        raise NoSuchPerson("no such picture")
    headers = {
        "cache-control": "no-store",
        "x-content-type-options": "nosniff",
        "content-disposition": "inline",
        # Opened by itself it is a picture, and runs nothing.
        "content-security-policy": "default-src 'none'; sandbox",
    }
    return Response(found.data, media_type=found.kind.value, headers=headers)
