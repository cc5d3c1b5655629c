"""Pictures of an alert's user, for operators, and recordings of an alert, for supervisors."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import IO, Final

import msgspec
from litestar import Response
from litestar.response import Stream

from application.recordings import whole_of
from gateways.http.parts.context import Web
from gateways.http.routing.permissions import OPERATOR, SUPERVISOR, Caller
from gateways.http.routing.route import GET, Answer, route
from gateways.http.wire.errors import NoSuchAlert, NoSuchPerson
from messages.ids import AlertId, UserId
from store.audit.entry import Action
from store.registry.users import records

_PIECE: Final = 65_536


class RecordingsView(msgspec.Struct, frozen=True, kw_only=True):
    """Names of the recorded files."""

    files: list[str]


@route(
    GET,
    "/v1/alerts/{alert}/pictures/{picture}",
    by=OPERATOR,
    audit=Action.READ_PERSON,
    refuses=(NoSuchAlert, NoSuchPerson),
)
def alert_picture(web: Web, alert: AlertId, picture: str) -> Answer[Response[bytes]]:
    """Return a picture from the record of an alert's user.

    The case names the picture. The access is entered in the audit.
    """
    case = web.following.case(alert)
    if case is None or case.user is None:
        raise NoSuchPerson("no alert has this id, or its user is unknown")
    return Answer(picture_of(web, case.user, picture), (case.alert, case.user), "picture")


@route(
    GET,
    "/v1/alerts/{alert}/recordings",
    by=SUPERVISOR,
    audit=Action.READ_ALERT,
    says="Oldest first.",
    refuses=(NoSuchAlert,),
)
def recordings(web: Web, alert: AlertId) -> Answer[RecordingsView]:
    """List the recordings of an alert at this node."""
    files = [one.file for one in whole_of(web.state.recordings, alert)]
    return Answer(RecordingsView(files=files), (alert,), "recordings listed")


@route(
    GET, "/v1/alerts/{alert}/recordings/{file}", by=SUPERVISOR, audit=Action.PLAYED, refuses=(NoSuchAlert,)
)
async def recording(web: Web, who: Caller, alert: AlertId, file: str) -> Stream:
    """Return a recording of an alert for playback.

    FLAC, one track for each party. The access is entered in the audit.
    """
    kept = web.state.recordings
    if file not in (one.file for one in await asyncio.to_thread(whole_of, kept, alert)):
        raise NoSuchAlert("no recording has this name")
    await who.note((alert,), detail=file)
    content = await asyncio.to_thread((kept / file).open, "rb")
    return Stream(pieces(content), media_type="audio/flac", headers={"cache-control": "no-store"})


def picture_of(web: Web, user: UserId, which: str) -> Response[bytes]:
    """Return a picture of the user's record, typed by its bytes. For any thread. Raises NoSuchPerson."""
    found = web.journal.at_one_moment(lambda one: records.read_picture(one, user, which))
    if found is None:
        raise NoSuchPerson("the user has no picture")
    headers = {
        "cache-control": "no-store",
        "x-content-type-options": "nosniff",
        "content-disposition": "inline",
        # A picture opened as a page of its own runs nothing.
        "content-security-policy": "default-src 'none'; sandbox",
    }
    return Response(found.data, media_type=found.kind.value, headers=headers)


def pieces(file: IO[bytes]) -> Iterator[bytes]:
    """Yield the content of the file in pieces, and close the file."""
    with file:
        while piece := file.read(_PIECE):
            yield piece
