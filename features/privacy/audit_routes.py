"""GET /v1/audit, for supervisors and admins: accesses, changes and sign-ons. Newest first."""

from __future__ import annotations

from typing import Annotated, Final

import msgspec
from litestar.params import QueryParameter

from gateways.http.parts.context import Web
from gateways.http.routing.permissions import SUPERVISOR
from gateways.http.routing.route import GET, Answer, route
from gateways.http.wire.answers import derived
from gateways.http.wire.errors import BadBody
from messages.ids import Instant
from store.audit.entry import EVERYBODY, Action, Entry
from store.audit.search import PagePosition, ids_of, page

LIMIT: Final = 100
Named = Annotated[str, QueryParameter(max_length=100)]


class EntryView(msgspec.Struct, frozen=True, kw_only=True):
    """An entry of the audit. `subjects`: ids of persons, alerts and operators, `*` for everybody."""

    chain: str
    number: int
    at_us: Instant
    actor: str
    origin: str
    action: str
    subjects: tuple[str, ...]
    detail: str
    in_memory: bool
    """Written to memory during a failure of the disk, and to the disk afterwards."""


class AuditView(msgspec.Struct, frozen=True, kw_only=True):
    """Entries, newest first. `before`: parameter of the request for older entries; null: there are none."""

    entries: list[EntryView]
    before: str | None


@route(GET, "/v1/audit", by=SUPERVISOR, audit=Action.READ_AUDIT, says="Newest first.")
def audit(
    web: Web,
    person: Named = "",
    operator: Named = "",
    since_us: Annotated[int, QueryParameter(ge=0, le=2**62)] = 0,
    before: Annotated[str, QueryParameter(max_length=200, description="`before` of the page before.")] = "",
) -> Answer[AuditView]:
    """Return accesses and changes.

    Of one person (number, device or id), of one actor (an operator's name, number or id, `account:NAME`,
    `center`), since a time; without parameters all. The audit records this request.
    """
    known = web.registry.called(operator) if operator.strip() else None
    actor = operator.strip() if known is None else known.id
    subject, place = person.strip(), _place(before)
    region = web.settings.center.region
    wanted = ids_of(web.journal, web.registry, subject, region) if subject else frozenset()
    found = page(
        web.journal,
        since=Instant(since_us),
        actor=actor,
        subjects=wanted or None,
        before=place,
        limit=LIMIT,
    )
    ids, last = wanted - {EVERYBODY}, found.before
    view = AuditView(
        entries=[_view(entry) for entry in found.entries],
        before=None if last is None else f"{last.at}.{last.number}.{last.chain}",
    )
    subjects = (*ids, actor) if ids or actor else (EVERYBODY,)
    return Answer(view, subjects, "person" if ids else "operator" if actor else "all")


def _place(text: str) -> PagePosition | None:
    if not text:
        return None
    at, _, rest = text.partition(".")
    number, _, chain = rest.partition(".")
    if not (at.isascii() and at.isdecimal() and number.isascii() and number.isdecimal()):
        raise BadBody("`before` must be the value that the previous page returned", "?before")
    return PagePosition(Instant(min(int(at), 2**62)), chain, min(int(number), 2**62))


def _view(entry: Entry) -> EntryView:
    return derived(
        EntryView,
        entry.said,
        chain=entry.chain,
        number=entry.number,
        at_us=entry.at,
        in_memory="~" in entry.chain,
    )
