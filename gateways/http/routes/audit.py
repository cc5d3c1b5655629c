"""GET /v1/audit, for supervisors and admins: who has seen or changed what, and who came in. Newest first."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any, Final

import msgspec
from litestar import Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import QueryParameter

from gateways.http.parts.context import Web
from gateways.http.wire.answers import OPERATORS, AnyRequest, Problem, answer, no_store, said
from gateways.http.wire.errors import BadBody
from messages.ids import Instant
from store.audit.entry import EVERYBODY, Action, Entry
from store.audit.search import Page, Place, ids_of, page
from store.registry.people import StaffRole
from store.registry.registry import Registry

LIMIT: Final = 100


class EntryView(msgspec.Struct, frozen=True, kw_only=True):
    """One entry. `subjects`: ids of persons, alerts and operators, `*` for everybody."""

    chain: str
    number: int
    at_us: Instant
    actor: str
    origin: str
    action: str
    subjects: tuple[str, ...]
    detail: str
    in_memory: bool
    """Written while the disk failed, and to the disk after it."""


class AuditView(msgspec.Struct, frozen=True, kw_only=True):
    """Entries, newest first. `before`: ask with it for those that are older; null: there are none."""

    entries: list[EntryView]
    before: str | None


def audit_routes(web: Web, registry: Registry) -> list[HTTPRouteHandler]:
    """The routes."""
    common: dict[int, Any] = {
        400: said(Problem, "A parameter is not understood."),
        401: said(Problem, "No operator's token, no session."),
        403: said(Problem, "Neither supervisor nor admin."),
    }

    def look(person: str, actor: str, since: int, before: Place | None) -> tuple[frozenset[str], Page]:
        ids = ids_of(web.journal, registry, person, web.settings.policy.region) if person else frozenset()
        found = page(
            web.journal,
            since=Instant(since),
            actor=actor,
            subjects=ids or None,
            before=before,
            limit=LIMIT,
        )
        return ids - {EVERYBODY}, found

    @get(
        "/v1/audit",
        guards=[web.auth.require_role(StaffRole.SUPERVISOR)],
        summary="Who has seen or changed what",
        description="Of one person (number, device or id), of one who did it (an operator's name, number or "
        "id, `account:NAME`, `center`), since a time; of all where none is named. Reading it is entered.",
        operation_id="audit",
        audit=Action.READ_AUDIT,
        tags=["operator"],
        security=OPERATORS,
        responses={200: said(AuditView, "Newest first."), **common},
    )
    async def show(
        request: AnyRequest,
        person: Annotated[str, QueryParameter(max_length=100)] = "",
        operator: Annotated[str, QueryParameter(max_length=100)] = "",
        since_us: Annotated[int, QueryParameter(ge=0, le=2**62)] = 0,
        before: Annotated[
            str, QueryParameter(max_length=200, description="`before` of the page before.")
        ] = "",
    ) -> Response[bytes]:
        known = await asyncio.to_thread(registry.called, operator) if operator.strip() else None
        actor = operator.strip() if known is None else known.id
        place = _place(before)
        ids, found = await asyncio.to_thread(look, person.strip(), actor, since_us, place)
        subjects = (*ids, actor) if ids or actor else (EVERYBODY,)
        await web.audit.note(request, subjects, detail="person" if ids else "operator" if actor else "all")
        last = found.before
        view = AuditView(
            entries=[_view(entry) for entry in found.entries],
            before=None if last is None else f"{last.at}.{last.number}.{last.chain}",
        )
        return no_store(answer(request, view))

    return [show]


def _place(text: str) -> Place | None:
    if not text:
        return None
    at, _, rest = text.partition(".")
    number, _, chain = rest.partition(".")
    if not (at.isascii() and at.isdecimal() and number.isascii() and number.isdecimal()):
        raise BadBody("not what a page before has said", "?before")
    return Place(Instant(min(int(at), 2**62)), chain, min(int(number), 2**62))


def _view(entry: Entry) -> EntryView:
    said = entry.said
    return EntryView(
        chain=entry.chain,
        number=entry.number,
        at_us=entry.at,
        actor=said.actor,
        origin=said.origin,
        action=said.action,
        subjects=said.subjects,
        detail=said.detail,
        in_memory="~" in entry.chain,
    )
