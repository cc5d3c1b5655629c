"""/v1/admin/people/import, for admins: a file of people, looked at line by line, then the good taken in.

The file comes with each request and is kept nowhere. The reading is `securwoman user import`'s.
"""

from __future__ import annotations

import asyncio
from typing import Annotated, Any, Final

import msgspec
from litestar import Response, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import QueryParameter

from gateways.http.door.auth import OPERATOR
from gateways.http.parts.context import Web
from gateways.http.routes.admin.listing import COMMON
from gateways.http.routes.admin.refusing import NotDone, Why
from gateways.http.wire.answers import OPERATORS, AnyRequest, Problem, answer, header, no_store, said
from gateways.http.wire.errors import BadBody, Unconditional
from store.audit.entry import EVERYBODY, Action
from store.errors import ChangedMeanwhile, Fault, Flaw, ImportFaulty
from store.registry.people import Imported, StaffRole
from store.registry.users.users_csv.comparing import Seen, Verdict
from store.registry.users.users_csv.importing import Looked, look, take_in

PATH: Final = "/v1/admin/people/import"
FILE_MAX: Final = 16 * 2**20
"""Bytes: 20,000 people with a record each are some 6 MB."""
SHOWN: Final = 300
"""Lines that are told: those that are bad first, then those that change somebody."""
_NAME: Final = "the file"
_ORDER: Final = (Verdict.BAD, Verdict.CHANGES, Verdict.NEW, Verdict.SAME)
Preview = Annotated[bool, QueryParameter(description="Only say what it would do.")]


class ImportFault(msgspec.Struct, frozen=True, kw_only=True):
    """What is wrong at a place of the file; `flaw` by which a page finds the words."""

    line: int
    column: str
    flaw: Flaw
    reason: str


class ImportRow(msgspec.Struct, frozen=True, kw_only=True):
    """One line. `changed`: the columns in which it says something else than the registry."""

    line: int
    verdict: Verdict
    name: str
    changed: list[str]
    faults: list[ImportFault]


class ImportView(msgspec.Struct, frozen=True, kw_only=True):
    """What the file does. `tag`: for `If-Match` of the import; empty where nothing can be taken. `faults`: of
    the file as a whole. `done`: it was written. `rows`: at most 300 of them.
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


def people_import_routes(web: Web) -> list[HTTPRouteHandler]:
    """The routes."""
    admins: dict[str, Any] = {
        "guards": [web.auth.require_role(StaffRole.ADMIN)],
        "tags": ["admin"],
        "security": OPERATORS,
        "request_max_body_size": FILE_MAX,
    }
    region = web.settings.policy.region
    one_at_a_time = asyncio.Lock()
    """Twenty thousand lines are seconds of a processor, which alerts need as well."""

    async def looked_at(content: bytes) -> Looked | tuple[Fault, ...]:
        try:
            async with one_at_a_time:
                return await asyncio.to_thread(look, web.journal, content, _NAME, region)
        except ImportFaulty as error:
            return error.faults

    @post(
        PATH,
        status_code=200,
        summary="Take in a CSV file of people, or look what it would do",
        description="The body is the file (`text/csv`), in the form of docs/people-csv.md. With `preview` "
        "nothing is written. Without, `If-Match` has the `tag` of the preview, and the good lines are taken "
        "in; 409 `changed_meanwhile` where they would do something else by now.",
        operation_id="admin_import_people",
        audit=Action.CHANGE_PERSON,
        responses={
            200: said(ImportView, "What it does, or has done."),
            **COMMON,
            400: said(Problem, "No list of people."),
            409: said(Problem, "Not as it was seen; `code` says why."),
            428: said(Problem, "`If-Match` is needed."),
        },
        **admins,
    )
    async def take(request: AnyRequest, preview: Preview = False) -> Response[bytes]:
        content = await request.body()
        if preview:
            found = await looked_at(content)
            await web.audit.note(request, (EVERYBODY,), detail="import looked at", action=Action.READ_LIST)
            return no_store(answer(request, _view(found)))
        tag = (header(request, b"if-match") or "").strip('"')
        if not tag:
            raise Unconditional("`If-Match` has to name the preview that was seen")
        by = str(request.state[OPERATOR])
        try:
            async with one_at_a_time:
                looked, done = await asyncio.to_thread(
                    take_in, web.journal, content, _NAME, tag=tag, by=by, region=region
                )
        except ChangedMeanwhile as error:
            raise NotDone("the file would do something else by now", Why.CHANGED_MEANWHILE) from error
        except ImportFaulty as error:
            # Of a number that somebody else has got while it was written.
            raise NotDone(str(error), Why.CHANGED_MEANWHILE) from error
        told = f"import: {done.added} added, {done.changed} changed"
        await web.audit.note(request, (EVERYBODY,), detail=told)
        return no_store(answer(request, _view(looked, done)))

    @post(
        f"{PATH}/bad",
        status_code=200,
        summary="The lines of a CSV file that are not taken, with the reason",
        description="A file of the same form, with one more column, `why_not`, which is passed over when the "
        "mended file comes again.",
        operation_id="admin_import_bad",
        audit=Action.CHANGE_PERSON,
        responses={**COMMON, 400: said(Problem, "No list of people.")},
        **admins,
    )
    async def bad(request: AnyRequest) -> Response[bytes]:
        found = await looked_at(await request.body())
        if not isinstance(found, Looked):
            raise BadBody("; ".join(one.reason for one in found))
        await web.audit.note(request, (EVERYBODY,), detail="lines not taken", action=Action.READ_LIST)
        return no_store(Response(found.bad_rows(), media_type="text/csv; charset=utf-8"))

    return [take, bad]


def _view(found: Looked | tuple[Fault, ...], done: Imported | None = None) -> ImportView:
    if not isinstance(found, Looked):
        return ImportView(
            tag="", encoding="", separator="", columns=[], new=0, changes=0, same=0, bad=0, rows=[],
            faults=[_fault(one) for one in found], done=False,
        )  # fmt: skip
    rows = sorted(found.seen, key=lambda one: _ORDER.index(one.verdict))[:SHOWN]
    counted = {one: found.count(one) for one in Verdict}
    if done is not None:
        counted |= {Verdict.NEW: done.added, Verdict.CHANGES: done.changed, Verdict.SAME: done.unchanged}
    return ImportView(
        tag=found.tag,
        encoding=found.sheet.encoding.value,
        separator=found.sheet.separator,
        columns=list(found.sheet.columns),
        new=counted[Verdict.NEW],
        changes=counted[Verdict.CHANGES],
        same=counted[Verdict.SAME],
        bad=counted[Verdict.BAD],
        rows=[_row(one) for one in rows],
        faults=[],
        done=done is not None,
    )


def _row(one: Seen) -> ImportRow:
    return ImportRow(
        line=one.line,
        verdict=one.verdict,
        name=one.name,
        changed=list(one.changed),
        faults=[_fault(fault) for fault in one.faults],
    )


def _fault(one: Fault) -> ImportFault:
    return ImportFault(line=one.line, column=one.column, flaw=one.flaw, reason=one.reason)
