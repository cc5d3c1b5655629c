"""/v1/admin/invitations, for admins: a link that brings the app onto a phone, and proves its number."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Annotated, Final

import msgspec
from litestar import Response, delete, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, JSONBody

from gateways.http.door.auth import OPERATOR
from gateways.http.door.codes import picture_of
from gateways.http.parts.context import Web
from gateways.http.routes.admin.listing import COMMON, UNCHANGED, for_admins, listed
from gateways.http.routes.admin.refusing import NotDone, NotThere, Why
from gateways.http.wire.answers import AnyRequest, Moment, Problem, answer, no_store, rfc3339, said
from gateways.http.wire.decoding import Strict
from gateways.http.wire.errors import BadBody
from messages.ids import E164, SECOND, Carried, Instant, TextPurpose
from model.rules.calls.withheld_numbers import unfit
from store import texts
from store.audit.entry import EVERYBODY, Action
from store.errors import NumberRefused
from store.journal.journal import Transaction
from store.registry import devices, numbers
from store.registry.invitations import Invitation, open_invitations, revoke_invitation
from store.registry.people import User
from store.registry.registry import Registry

PATH: Final = "/v1/admin/invitations"
DAYS_MAX: Final = 30
TEXT_WITHIN_US: Final = Instant(3600 * SECOND)
"""A message that no line could send for so long is given up, which the list says."""
WORDS: Final = {
    "it": "Apri una sola volta, entro il {day}: {link}",
    "en": "Open once only, by {day}: {link}",
}
"""They do not say for what: the phone shows it to whoever looks."""


class NewInvitation(msgspec.Struct, frozen=True, kw_only=True):
    """For which number, for how long, and whether the center sends it there by a short message."""

    phone: Annotated[str, msgspec.Meta(max_length=40, description="E.164.")]
    days: Annotated[int, msgspec.Meta(ge=1, le=DAYS_MAX)] = 7
    text: bool = False


class InvitationRow(msgspec.Struct, frozen=True, kw_only=True):
    """One that is open. `person` is null where nobody has the number yet; `carried`: what became of its short
    message, null while that waits for a line, and where there is none (`text`).
    """

    sign: str
    person: str | None
    name: str
    phone: str
    by: str
    created_at: Moment
    until: Moment
    text: bool
    carried: Carried | None


class InvitationsView(msgspec.Struct, frozen=True, kw_only=True):
    """The newest 200 that are open. `address`: where their links lead; `can_text`: a line could send one."""

    invitations: list[InvitationRow]
    address: str
    can_text: bool


class InvitationMade(msgspec.Struct, frozen=True, kw_only=True):
    """Told once. `picture`: the link as a QR code, a text of `0` and `1` for each row."""

    row: InvitationRow
    link: str
    picture: list[str]


def invitations_routes(web: Web, registry: Registry) -> list[HTTPRouteHandler]:
    """The routes."""
    admins = for_admins(web)
    region = web.settings.policy.region
    can_text = any(not line.emergency for line in web.settings.lines)

    def address(request: AnyRequest) -> str:
        """Where phones find the center: as the settings say, else as this admin does."""
        told = web.settings.public_url or web.settings.web or f"{request.url.scheme}://{request.url.netloc}"
        return told.rstrip("/")

    def rows() -> list[InvitationRow]:
        return [row(one) for one in open_invitations(web.journal, web.clock.now_us())]

    def row(one: Invitation) -> InvitationRow:
        return InvitationRow(
            sign=one.sign,
            person=one.person,
            name=one.name,
            phone=one.phone,
            by=one.by,
            created_at=rfc3339(one.created_at),
            until=rfc3339(one.until),
            text=one.text is not None,
            carried=None if one.text is None else texts.became(web.journal, one.text),
        )

    @get(
        PATH,
        summary="The invitations that are open",
        description=UNCHANGED,
        operation_id="admin_invitations",
        audit=Action.READ_PERSON,
        responses={200: said(InvitationsView, "Newest first."), **COMMON},
        **admins,
    )
    async def show(request: AnyRequest) -> Response[bytes]:
        found = await asyncio.to_thread(rows)
        view = InvitationsView(invitations=found, address=address(request), can_text=can_text)
        return await listed(web, request, view, (one.person or EVERYBODY for one in found))

    @post(
        PATH,
        dto=Strict[NewInvitation],
        return_dto=None,
        status_code=201,
        summary="Invite a person's phone",
        description="The link enrols one phone for this number, once, and gives it the app key. Sent by a "
        "short message it proves the number: who uses it has read it there.",
        operation_id="admin_invite",
        audit=Action.CHANGE_KEY,
        responses={
            201: said(InvitationMade, "Told once: it is kept as a hash."),
            400: said(Problem, "Not understood, `number_refused`, or `number_not_called` for its kind."),
            **COMMON,
            409: said(Problem, "`no_line`: nothing here sends short messages."),
        },
        **admins,
    )
    async def invite(request: AnyRequest, data: JSONBody[NewInvitation]) -> Response[bytes]:
        try:
            phone = numbers.of_a_person(data.phone, region)
        except NumberRefused as error:
            raise BadBody(str(error), "$.phone", Why.NUMBER_REFUSED) from error
        if data.text and not can_text:
            raise NotDone("no line sends short messages", Why.NO_LINE, "$.text")
        if data.text and unfit(phone, web.settings.policy) is not None:
            raise BadBody("the settings do not let it be called", "$.phone", Why.NUMBER_NOT_CALLED)
        user = await asyncio.to_thread(registry.user_by_phone, phone)
        by, origin = str(request.state[OPERATOR]), address(request)

        def work(tx: Transaction) -> str:
            secret = devices.invite(tx, phone, by, data.days * devices.DAY_S)
            if data.text:
                until = Instant(tx.at_us + data.days * devices.DAY_S * SECOND)
                words = _words(user, until, _link(origin, secret))
                until = min(until, Instant(tx.at_us + TEXT_WITHIN_US))
                text = texts.ask_text(tx, phone, words, TextPurpose.INVITATION, until)
                devices.brought_by(tx, secret, text)
            return secret

        secret = await web.writing.run(work)
        subjects = () if user is None else (user.id,)
        how = "by a short message" if data.text else "handed over"
        await web.audit.note(request, subjects, detail=f"invitation for {data.days} days, {how}")
        found = await asyncio.to_thread(rows)
        made = next(one for one in found if one.sign == devices.sign_of(secret))
        link = _link(origin, secret)
        told = InvitationMade(row=made, link=link, picture=list(picture_of(link)))
        return no_store(answer(request, told, 201))

    @delete(
        f"{PATH}/{{sign:str}}",
        status_code=204,
        summary="Revoke an invitation",
        description="It enrols nobody any more. A phone that was enrolled by it stays so.",
        operation_id="admin_revoke_invitation",
        audit=Action.CHANGE_KEY,
        responses={**COMMON, 404: said(Problem, "No such invitation, or it was used.")},
        **admins,
    )
    async def revoke(request: AnyRequest, sign: FromPath[str]) -> Response[None]:
        phone: E164 | None = await web.writing.run(lambda tx: revoke_invitation(tx, sign))
        if phone is None:
            raise NotThere("no such invitation")
        user = await asyncio.to_thread(registry.user_by_phone, phone)
        await web.audit.note(request, () if user is None else (user.id,), detail="invitation revoked")
        return Response(None, status_code=204)

    return [show, invite, revoke]


def _link(origin: str, secret: str) -> str:
    """In the fragment, which no browser sends and no log has."""
    return f"{origin}/app#invitation={secret}"


def _words(user: User | None, until: Instant, link: str) -> str:
    words = WORDS["en" if user is not None and user.language != "it" else "it"]
    return words.format(day=f"{datetime.fromtimestamp(until / SECOND, UTC):%d/%m}", link=link)
