"""GET /v1/audit, for supervisors and admins: who has seen or changed what, and who came in. Newest first."""

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
from store.audit.search import Place, ids_of, page

LIMIT: Final = 100
Named = Annotated[str, QueryParameter(max_length=100)]


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


@route(GET, "/v1/audit", by=SUPERVISOR, audit=Action.READ_AUDIT, says="Newest first.")
def audit(
    web: Web,
    person: Named = "",
    operator: Named = "",
    since_us: Annotated[int, QueryParameter(ge=0, le=2**62)] = 0,
    before: Annotated[str, QueryParameter(max_length=200, description="`before` of the page before.")] = "",
) -> Answer[AuditView]:
    """Who has seen or changed what.

    Of one person (number, device or id), of one who did it (an operator's name, number or id, `account:NAME`,
    `center`), since a time; of all where none is named. Reading it is entered.
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


def _place(text: str) -> Place | None:
    if not text:
        return None
    at, _, rest = text.partition(".")
    number, _, chain = rest.partition(".")
    if not (at.isascii() and at.isdecimal() and number.isascii() and number.isdecimal()):
        raise BadBody("not what a page before has said", "?before")
    return Place(Instant(min(int(at), 2**62)), chain, min(int(number), 2**62))


def _view(entry: Entry) -> EntryView:
    return derived(
        EntryView,
        entry.said,
        chain=entry.chain,
        number=entry.number,
        at_us=entry.at,
        in_memory="~" in entry.chain,
    )
