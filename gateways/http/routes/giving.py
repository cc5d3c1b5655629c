"""GET /v1/alerts/ID/dossier and …/person, and /v1/users/USER/data, for supervisors and admins: what is handed
out, as a ZIP.

It is made and packed in `run`, which is memory, and is gone with the answer's end, or with the process.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile
from typing import IO, Any, Final
from zipfile import ZIP_STORED, ZipFile

import msgspec
from litestar import Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from litestar.response import Stream

from gateways.http.parts.context import Giving, Web
from gateways.http.routes.app.alerts import checked
from gateways.http.wire.answers import OPERATORS, AnyRequest, Problem, answer, no_store, said
from gateways.http.wire.errors import NoSuchAlert, NoSuchPerson
from messages.ids import UserId
from store.audit.entry import Action
from store.registry.people import StaffRole
from store.registry.registry import Registry

_PIECE: Final = 65_536
_COMMON: Final[dict[int, Any]] = {
    401: said(Problem, "No operator's token, no session."),
    403: said(Problem, "Neither supervisor nor admin."),
    404: said(Problem, "No such alert, or nobody who is known."),
}


class RecordingsView(msgspec.Struct, frozen=True, kw_only=True):
    """The files, by their names."""

    files: list[str]


def giving_routes(web: Web, giving: Giving, registry: Registry) -> list[HTTPRouteHandler]:
    """The routes."""
    run = Path(web.settings.state) / "run"

    async def packed(name: str, write: Callable[[Path], None]) -> Stream:
        file = await asyncio.to_thread(_pack, run, name, write)
        headers = {"content-disposition": f'attachment; filename="{name}.zip"', "cache-control": "no-store"}
        return Stream(_pieces(file), media_type="application/zip", headers=headers)

    @get(
        "/v1/alerts/{alert:str}/dossier",
        guards=[web.auth.require_role(StaffRole.SUPERVISOR)],
        summary="The whole story of an alert for a court",
        description="A ZIP with the PDF, its signature and what was recorded, as `securwoman alert dossier` "
        "makes them. That it was given is entered.",
        operation_id="dossier",
        audit=Action.EXPORT,
        tags=["operator"],
        security=OPERATORS,
        responses=_COMMON,
    )
    async def dossier(request: AnyRequest, alert: FromPath[str]) -> Stream:
        known = checked(alert)
        if await asyncio.to_thread(web.following.fresh, known) is None:
            raise NoSuchAlert("no such alert")
        await web.audit.note(request, (known,), detail="dossier")
        return await packed(f"alert-{known}", lambda to: giving.dossier(web.journal, known, to))

    @get(
        "/v1/alerts/{alert:str}/person",
        guards=[web.auth.require_role(StaffRole.SUPERVISOR)],
        summary="Everything about the person of an alert, for that person",
        description="A ZIP with a page, the data and the person's own recorded voice, as `securwoman user "
        "export` makes them. That it was given is entered.",
        operation_id="person_data",
        audit=Action.EXPORT,
        tags=["operator"],
        security=OPERATORS,
        responses=_COMMON,
    )
    async def person(request: AnyRequest, alert: FromPath[str]) -> Stream:
        case = await asyncio.to_thread(web.following.fresh, checked(alert))
        known = None if case is None else case.user
        user = None if known is None else await asyncio.to_thread(registry.user, known)
        if user is None:
            raise NoSuchAlert("no such alert, or nobody who is known")
        await web.audit.note(request, (user.id,), detail="person's data")
        return await packed(f"person-{user.id}", lambda to: giving.person(web.journal, user, to))

    @get(
        "/v1/users/{user:str}/data",
        guards=[web.auth.require_role(StaffRole.SUPERVISOR)],
        summary="Everything about a person, for that person",
        description="As `/v1/alerts/ID/person`, of whoever is in the registry; `user` is the id.",
        operation_id="user_data",
        audit=Action.EXPORT,
        tags=["operator"],
        security=OPERATORS,
        responses={**_COMMON, 404: said(Problem, "No such user.")},
    )
    async def data(request: AnyRequest, user: FromPath[str]) -> Stream:
        known = await asyncio.to_thread(registry.user, UserId(user))
        if known is None:
            raise NoSuchPerson("no such user")
        await web.audit.note(request, (known.id,), detail="person's data")
        return await packed(f"person-{known.id}", lambda to: giving.person(web.journal, known, to))

    @get(
        "/v1/alerts/{alert:str}/recordings",
        guards=[web.auth.require_role(StaffRole.SUPERVISOR)],
        summary="What was recorded of an alert at this node",
        operation_id="recordings",
        audit=Action.READ_ALERT,
        tags=["operator"],
        security=OPERATORS,
        responses={200: said(RecordingsView, "Oldest first."), **_COMMON},
    )
    async def recorded(request: AnyRequest, alert: FromPath[str]) -> Response[bytes]:
        known = checked(alert)
        found = await asyncio.to_thread(giving.recordings, known)
        await web.audit.note(request, (known,), detail="recordings listed")
        return no_store(answer(request, RecordingsView(files=[path.name for path in found])))

    @get(
        "/v1/alerts/{alert:str}/recordings/{file:str}",
        guards=[web.auth.require_role(StaffRole.SUPERVISOR)],
        summary="A recording of an alert, to be listened to",
        description="FLAC, a track for each party. That it was handed out is entered.",
        operation_id="recording",
        audit=Action.PLAYED,
        tags=["operator"],
        security=OPERATORS,
        responses=_COMMON,
    )
    async def play(request: AnyRequest, alert: FromPath[str], file: FromPath[str]) -> Stream:
        known = checked(alert)
        there = await asyncio.to_thread(giving.recordings, known)
        path = next((one for one in there if one.name == file), None)
        if path is None:
            raise NoSuchAlert("no such recording")
        await web.audit.note(request, (known,), detail=file)
        content = await asyncio.to_thread(path.open, "rb")
        return Stream(_pieces(content), media_type="audio/flac", headers={"cache-control": "no-store"})

    return [dossier, person, data, recorded, play]


def _pack(run: Path, name: str, write: Callable[[Path], None]) -> IO[bytes]:
    """What is written into a folder of this name, as an archive that no folder lists."""
    file = TemporaryFile(dir=run)  # noqa: SIM115 (closed when it has been read)
    try:
        with TemporaryDirectory(prefix="giving-", dir=run) as folder:
            write(Path(folder) / name)
            with ZipFile(file, "w", ZIP_STORED) as archive:
                for path in sorted(Path(folder).rglob("*")):
                    archive.write(path, path.relative_to(folder))
        file.seek(0)
    except BaseException:
        file.close()
        raise
    return file


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while piece := file.read(_PIECE):
            yield piece
