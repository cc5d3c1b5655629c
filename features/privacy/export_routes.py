"""Exports for supervisors and admins, as a ZIP.

GET /v1/alerts/ID/dossier, /v1/alerts/ID/person and /v1/users/USER/data. The ZIP is made in `run`, which is
memory, and is deleted at the end of the answer or of the process.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile
from typing import IO
from zipfile import ZIP_STORED, ZipFile

from litestar.response import Stream

from gateways.http.parts.context import Web
from gateways.http.routes.staff.pictures_and_recordings import pieces
from gateways.http.routing.permissions import SUPERVISOR, Caller
from gateways.http.routing.route import GET, route
from gateways.http.wire.errors import NoSuchAlert, NoSuchPerson
from messages.ids import AlertId, UserId
from store.audit.entry import Action
from store.registry.people import User


@route(GET, "/v1/alerts/{alert}/dossier", by=SUPERVISOR, audit=Action.EXPORT, refuses=(NoSuchAlert,))
async def dossier(web: Web, who: Caller, alert: AlertId) -> Stream:
    """Return the dossier of an alert for a court.

    A ZIP with the PDF, its signature and the recordings, as made by `securwoman alert dossier`. The audit
    records the export.
    """
    if await asyncio.to_thread(web.following.read_sheet_now, alert) is None:
        raise NoSuchAlert
    await who.note((alert,), detail="dossier")
    return await _packed(web, f"alert-{alert}", lambda to: _dossier(web, alert, to))


@route(
    GET, "/v1/alerts/{alert}/person", by=SUPERVISOR, audit=Action.EXPORT, refuses=(NoSuchAlert, NoSuchPerson)
)
async def person_data(web: Web, who: Caller, alert: AlertId) -> Stream:
    """Return all data about the person of an alert, for that person.

    A ZIP with a page, the data and the person's recorded voice, as made by `securwoman user export`. The
    audit records the export.
    """
    sheet = await asyncio.to_thread(web.following.read_sheet_now, alert)
    if sheet is None or sheet.case.user is None:
        raise NoSuchAlert("no alert has this id, or its user is unknown")
    return await _of_person(web, who, sheet.case.user)


@route(GET, "/v1/users/{user}/data", by=SUPERVISOR, audit=Action.EXPORT, refuses=(NoSuchPerson,))
async def user_data(web: Web, who: Caller, user: UserId) -> Stream:
    """Return all data about a person, for that person.

    As `/v1/alerts/ID/person`, for any person in the registry; `user` is the id.
    """
    return await _of_person(web, who, user)


async def _of_person(web: Web, who: Caller, user: UserId) -> Stream:
    known = await asyncio.to_thread(web.registry.user, user)
    if known is None:
        raise NoSuchPerson("no user has this id")
    await who.note((known.id,), detail="person's data")
    return await _packed(web, f"person-{known.id}", lambda to: _person(web, known, to))


def _dossier(web: Web, alert: AlertId, to: Path) -> None:
    from features.privacy.dossier import make  # imported at the first request, with its libraries

    to.mkdir(mode=0o700)
    make(web.journal, web.state, alert, to / f"{alert}.pdf", web.settings.center.language)


def _person(web: Web, known: User, to: Path) -> None:
    from features.privacy.persons_data import export_person

    export_person(web.journal, known, web.state.recordings, web.settings.center.recording.tracks, to)


async def _packed(web: Web, name: str, write: Callable[[Path], None]) -> Stream:
    file = await asyncio.to_thread(_pack, Path(web.settings.state) / "run", name, write)
    headers = {"content-disposition": f'attachment; filename="{name}.zip"', "cache-control": "no-store"}
    return Stream(pieces(file), media_type="application/zip", headers=headers)


def _pack(run: Path, name: str, write: Callable[[Path], None]) -> IO[bytes]:
    """Write into a folder of this name, and return the folder as an archive without a directory entry."""
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
