"""/v1/admin/invitations, for admins: links that install the app on a phone and prove its number."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Annotated, Final

import msgspec

from features.people.invitations import Invitation, open_invitations, revoke_invitation
from gateways.http.parts.context import Web
from gateways.http.routing.permissions import ADMIN, Caller
from gateways.http.routing.route import DELETE, GET, POST, Answer, route
from gateways.http.wire.answers import Moment, derived, picture_of
from gateways.http.wire.errors import BadBody, NotDone, NotThere, Why
from messages.ids import E164, SECOND, Carried, Instant, TextPurpose
from model.rules.calls.withheld_numbers import why_number_unfit
from store import sms_outbox
from store.audit.entry import EVERYBODY, Action
from store.errors import NumberRefused
from store.journal.journal import Transaction
from store.registry import devices, numbers
from store.registry.people import User

PATH: Final = "/v1/admin/invitations"
DAYS_MAX: Final = 30
TEXT_WITHIN_US: Final = Instant(3600 * SECOND)
"""A message that no line could send within this time is abandoned, as the list shows."""
WORDS: Final = {
    "it": "Apri una sola volta, entro il {day}: {link}",
    "en": "Open once only, by {day}: {link}",
}
"""The words do not reveal the purpose: a phone shows its messages to anyone nearby."""


class NewInvitation(msgspec.Struct, frozen=True, kw_only=True):
    """Number and validity of a new invitation; `text`: the center sends the link by a short message."""

    phone: Annotated[str, msgspec.Meta(max_length=40, description="E.164.")]
    days: Annotated[int, msgspec.Meta(ge=1, le=DAYS_MAX)] = 7
    text: bool = False


class InvitationRow(msgspec.Struct, frozen=True, kw_only=True):
    """An open invitation. `person` is null for an unregistered number; `carried`: state of the short message,
    null while the message waits for a line, and without a message (`text`).
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
    """The newest 200 open invitations. `address`: base of their links; `can_text`: a line can send texts."""

    invitations: list[InvitationRow]
    address: str
    can_text: bool


class InvitationMade(msgspec.Struct, frozen=True, kw_only=True):
    """A new invitation, shown once. `picture`: the link as a QR code, a string of `0` and `1`
    for each row.
    """

    row: InvitationRow
    link: str
    picture: list[str]


@route(GET, PATH, by=ADMIN, audit=Action.READ_PERSON, listed=True, says="Newest first.")
def admin_invitations(web: Web, who: Caller) -> Answer[InvitationsView]:
    """Return the open invitations."""
    found = _rows(web)
    view = InvitationsView(invitations=found, address=_address(web, who), can_text=_can_text(web))
    return Answer(view, [one.person or EVERYBODY for one in found])


@route(
    POST,
    PATH,
    by=ADMIN,
    audit=Action.CHANGE_KEY,
    status=201,
    says="Told once: it is kept as a hash.",
    refuses=(BadBody, Why.NUMBER_REFUSED, Why.NUMBER_NOT_CALLED, Why.NO_LINE),
)
async def admin_invite(web: Web, who: Caller, data: NewInvitation) -> Answer[InvitationMade]:
    """Invite a person's phone.

    The link enrols one phone for this number, once, and gives it the app key. Sent by a short message, the
    link proves the number: only this phone received it.
    """
    settings = web.settings.center
    try:
        phone = numbers.of_a_person(data.phone, settings.region)
    except NumberRefused as error:
        raise BadBody(str(error), "$.phone", Why.NUMBER_REFUSED) from error
    if data.text and not _can_text(web):
        raise NotDone("no line can send text messages", Why.NO_LINE, "$.text")
    if data.text and why_number_unfit(phone, settings) is not None:
        raise BadBody(
            "[dialling] in the settings does not permit this number", "$.phone", Why.NUMBER_NOT_CALLED
        )
    user = await asyncio.to_thread(web.registry.user_by_phone, phone)
    by, origin = who.operator, _address(web, who)

    def work(tx: Transaction) -> str:
        secret = devices.invite(tx, phone, by, data.days * devices.DAY_S)
        if data.text:
            until = Instant(tx.at_us + data.days * devices.DAY_S * SECOND)
            words = _words(user, until, _link(origin, secret))
            until = min(until, Instant(tx.at_us + TEXT_WITHIN_US))
            text = sms_outbox.request_text(tx, phone, words, TextPurpose.INVITATION, until)
            devices.record_invitation_text(tx, secret, text)
        return secret

    secret = await web.writing.run(work)
    link, sign = _link(origin, secret), devices.sign_of(secret)
    made = next(one for one in await asyncio.to_thread(_rows, web) if one.sign == sign)
    how = "by a short message" if data.text else "handed over"
    return Answer(
        InvitationMade(row=made, link=link, picture=list(picture_of(link))),
        () if user is None else (user.id,),
        f"invitation for {data.days} days, {how}",
    )


@route(DELETE, f"{PATH}/{{sign}}", by=ADMIN, audit=Action.CHANGE_KEY, refuses=(NotThere,))
async def admin_revoke_invitation(web: Web, sign: str) -> Answer[None]:
    """Revoke an invitation.

    It enrols no phone any more. A phone that it has enrolled stays enrolled.
    """
    phone: E164 | None = await web.writing.run(lambda tx: revoke_invitation(tx, sign))
    if phone is None:
        raise NotThere("no invitation has this id")
    user = await asyncio.to_thread(web.registry.user_by_phone, phone)
    return Answer(None, () if user is None else (user.id,), "invitation revoked")


def _can_text(web: Web) -> bool:
    return any(not line.emergency for line in web.settings.center.lines)


def _address(web: Web, who: Caller) -> str:
    """Return the base address of the links: the settings', else the address that this admin uses."""
    url = who.request.url
    told = (
        web.settings.center.http.public_url
        or web.settings.center.cluster.web
        or f"{url.scheme}://{url.netloc}"
    )
    return told.rstrip("/")


def _rows(web: Web) -> list[InvitationRow]:
    return [_row(web, one) for one in open_invitations(web.journal, web.clock.now_us())]


def _row(web: Web, one: Invitation) -> InvitationRow:
    carried = None if one.text is None else sms_outbox.delivery_of(web.journal, one.text)
    return derived(InvitationRow, one, text=one.text is not None, carried=carried)


def _link(origin: str, secret: str) -> str:
    """Return the link, with the secret in the fragment, which browsers do not send and no log contains."""
    return f"{origin}/app#invitation={secret}"


def _words(user: User | None, until: Instant, link: str) -> str:
    words = WORDS["en" if user is not None and user.language != "it" else "it"]
    return words.format(day=f"{datetime.fromtimestamp(until / SECOND, UTC):%d/%m}", link=link)
