"""/v1/first-admin: whoever has the link that the installation printed becomes the first admin, once."""

from __future__ import annotations

from typing import Annotated

import msgspec
from litestar import Response, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import JSONBody

from gateways.http.door.proofs import Proofs
from gateways.http.parts.context import Web
from gateways.http.routes.admin.answers import SignOnLink, told_link
from gateways.http.routes.admin.refusing import refusing
from gateways.http.wire.answers import AnyRequest, Problem, answer, header, no_store, said
from gateways.http.wire.decoding import Strict
from gateways.http.wire.errors import NotAllowed
from messages.ids import Instant
from store.audit.entry import Action
from store.errors import NobodyThere
from store.journal.journal import Transaction
from store.registry import numbers
from store.registry.access.first_admin import become
from store.registry.people import Operator
from store.registry.staff_changes import Language, Name, Phone


class FirstAdmin(msgspec.Struct, frozen=True, kw_only=True):
    """Who becomes the first admin, and the code of the link that was printed."""

    code: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    name: Name
    phone: Phone
    language: Language = "it"


def first_admin_route(web: Web) -> HTTPRouteHandler:
    """The route."""
    proofs = Proofs(web)

    @post(
        "/v1/first-admin",
        dto=Strict[FirstAdmin],
        return_dto=None,
        status_code=201,
        summary="Become the first admin",
        description="By the code that the installation printed, once, within a day, while there is none. "
        "The answer signs on, to a password or passkey.",
        operation_id="first_admin",
        audit=Action.CHANGE_STAFF,
        tags=["console"],
        responses={
            201: said(SignOnLink, "Told once."),
            400: said(Problem, "Not understood."),
            401: said(Problem, "The code is worth nothing, or there is an admin."),
            403: said(Problem, "A page of another origin."),
            429: said(Problem, "Wrong too often; `Retry-After` says for how many seconds."),
        },
    )
    async def first(request: AnyRequest, data: JSONBody[FirstAdmin]) -> Response[bytes]:
        if not web.proxies.is_own_page(header(request, b"origin"), header(request, b"host")):
            raise NotAllowed("the page is not this center's")
        address = web.client_address(request)
        proofs.let_try(address)

        def work(tx: Transaction) -> tuple[Operator, str, Instant]:
            number = numbers.of_a_person(data.phone, web.settings.policy.region)
            return become(tx, data.code, " ".join(data.name.split()), number, data.language)

        with refusing():
            try:
                made, code, until = await web.writing.run(work)
            except NobodyThere as error:
                raise proofs.unknown("first code", address) from error
        await web.audit.note(
            request, (made.id,), detail="the first admin, by the printed link", actor=made.id
        )
        web.people.look_again()
        return no_store(answer(request, told_link(made.id, code, until), 201))

    return first
