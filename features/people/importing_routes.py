"""/v1/admin/people/import, for admins: preview of a file of people line by line, then import of valid lines.

Each request has the whole file, which is not stored. `securwoman user import` uses the same reader.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Annotated, Final

import msgspec
from litestar import Response
from litestar.params import QueryParameter

from features.people.importing import (
    ComparedLine,
    Imported,
    ImportPreview,
    LineOutcome,
    import_file,
    preview_import,
)
from features.people.people_file import Fault, Flaw, ImportFaulty
from gateways.http.parts.context import Web, once
from gateways.http.routing.permissions import ADMIN, Caller
from gateways.http.routing.route import POST, route
from gateways.http.wire.answers import derived, no_store
from gateways.http.wire.errors import BadBody, NotDone, Unconditional, Why
from store.audit.entry import EVERYBODY, Action
from store.errors import ChangedMeanwhile

PATH: Final = "/v1/admin/people/import"
FILE_MAX: Final = 16 * 2**20
"""Largest file in bytes: 20,000 people with a record each are some 6 MB."""
SHOWN: Final = 300
"""Number of lines returned: rejected lines first, then changes."""
_NAME: Final = "the file"
_ORDER: Final = (LineOutcome.BAD, LineOutcome.CHANGES, LineOutcome.NEW, LineOutcome.SAME)
Preview = Annotated[bool, QueryParameter(description="Only say what it would do.")]


class ImportFault(msgspec.Struct, frozen=True, kw_only=True):
    """A fault at a place of the file; pages find their words by `flaw`."""

    line: int
    column: str
    flaw: Flaw
    reason: str


class ImportRow(msgspec.Struct, frozen=True, kw_only=True):
    """A line of the file. `changed`: columns that differ from the registry."""

    line: int
    verdict: LineOutcome
    name: str
    changed: list[str]
    faults: list[ImportFault]


class ImportView(msgspec.Struct, frozen=True, kw_only=True):
    """Result of the comparison. `tag`: for `If-Match` of the import; empty if nothing can be imported.
    `faults`: of the file as a whole. `done`: the lines were written. `rows`: at most 300 of them.
    """

    tag: str
    encoding: str
    separator: str
    columns: list[str]
    new: int
    changes: int
    same: int
    bad: int
    rows: list[ImportRow]
    faults: list[ImportFault]
    done: bool


@once
def _one_at_a_time(_: Web) -> asyncio.Lock:
    """Return the lock of imports: twenty thousand lines take seconds of a processor needed by alerts."""
    return asyncio.Lock()


@route(
    POST,
    PATH,
    by=ADMIN,
    audit=Action.CHANGE_PERSON,
    status=200,
    says="What it does, or has done.",
    largest=FILE_MAX,
    refuses=((400, "No list of people."), Why.CHANGED_MEANWHILE, Unconditional),
)
async def admin_import_people(web: Web, who: Caller, content: bytes, preview: Preview = False) -> ImportView:
    """Import a CSV file of people, or preview the import.

    The body is the file (`text/csv`), in the form of docs/people-csv.md. With `preview` nothing is written.
    Without, `If-Match` has the `tag` of the preview, and the valid lines are imported; 409
    `changed_meanwhile` if the result would differ now.
    """
    if preview:
        found = await _looked_at(web, content)
        await who.note((EVERYBODY,), detail="import looked at", action=Action.READ_LIST)
        return _view(found)
    tag = (who.header(b"if-match") or "").strip('"')
    if not tag:
        raise Unconditional("the header `If-Match` must name the preview that was shown")
    by, region = who.operator, web.settings.center.region
    try:
        async with _one_at_a_time(web):
            looked, done = await asyncio.to_thread(
                import_file, web.journal, content, _NAME, tag=tag, by=by, region=region
            )
    except ChangedMeanwhile as error:
        raise NotDone(
            "the import would have other effects by now: look at the preview again", Why.CHANGED_MEANWHILE
        ) from error
    except ImportFaulty as error:
        # Another person has received a number since the preview.
        raise NotDone(str(error), Why.CHANGED_MEANWHILE) from error
    await who.note((EVERYBODY,), detail=f"import: {done.added} added, {done.changed} changed")
    return _view(looked, done)


@route(
    POST,
    f"{PATH}/bad",
    by=ADMIN,
    audit=Action.CHANGE_PERSON,
    status=200,
    largest=FILE_MAX,
    refuses=((400, "No list of people."),),
)
async def admin_import_bad(web: Web, who: Caller, content: bytes) -> Response[bytes]:
    """Return the rejected lines of a CSV file, with reasons.

    A file of the same form with an additional column, `why_not`, which is ignored when the corrected file is
    imported.
    """
    found = await _looked_at(web, content)
    if not isinstance(found, ImportPreview):
        raise BadBody("; ".join(one.reason for one in found))
    await who.note((EVERYBODY,), detail="lines not taken", action=Action.READ_LIST)
    return no_store(Response(found.bad_rows(), media_type="text/csv; charset=utf-8"))


async def _looked_at(web: Web, content: bytes) -> ImportPreview | tuple[Fault, ...]:
    try:
        async with _one_at_a_time(web):
            return await asyncio.to_thread(
                preview_import, web.journal, content, _NAME, web.settings.center.region
            )
    except ImportFaulty as error:
        return error.faults


def _view(found: ImportPreview | tuple[Fault, ...], done: Imported | None = None) -> ImportView:
    if not isinstance(found, ImportPreview):
        return ImportView(
            tag="", encoding="", separator="", columns=[], new=0, changes=0, same=0, bad=0, rows=[],
            faults=_faults(found), done=False,
        )  # fmt: skip
    rows = sorted(found.seen, key=lambda one: _ORDER.index(one.verdict))[:SHOWN]
    counted = {one: found.count(one) for one in LineOutcome}
    if done is not None:
        counted |= {
            LineOutcome.NEW: done.added,
            LineOutcome.CHANGES: done.changed,
            LineOutcome.SAME: done.unchanged,
        }
    return ImportView(
        tag=found.tag,
        encoding=found.sheet.encoding.value,
        separator=found.sheet.separator,
        columns=list(found.sheet.columns),
        new=counted[LineOutcome.NEW],
        changes=counted[LineOutcome.CHANGES],
        same=counted[LineOutcome.SAME],
        bad=counted[LineOutcome.BAD],
        rows=[_row(one) for one in rows],
        faults=[],
        done=done is not None,
    )


def _row(one: ComparedLine) -> ImportRow:
    return derived(ImportRow, one, changed=list(one.changed), faults=_faults(one.faults))


def _faults(found: Iterable[Fault]) -> list[ImportFault]:
    return [derived(ImportFault, one) for one in found]
