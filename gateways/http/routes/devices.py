"""/v1/devices, /v1/pins: a phone proves its number once, signs from then on, and sees to its own things.

What is done here is durable before it is answered; a code is sent by one of the center's lines
(`store.texts`), and a web that dies between the two steps changes nothing about either.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Any, Final

import msgspec
from litestar import Response, delete, get, post, put
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, JSONBody

from gateways.http.door.budgets import Kind
from gateways.http.door.pins import evenly, guarded, tell_operators
from gateways.http.door.senders import SENDER, Sender
from gateways.http.door.signatures import jwk_point
from gateways.http.door.throttle import Throttle
from gateways.http.parts.context import Web
from gateways.http.routes.alerts import APP
from gateways.http.wire.answers import AnyRequest, Id, Moment, Problem, answer, header, rfc3339, said
from gateways.http.wire.bodies import e164
from gateways.http.wire.decoding import Strict
from gateways.http.wire.errors import BadBody, Gone, NoSuchDevice, NotAllowed, TooMany
from messages.ids import SECOND, Doubt, Instant, Proof, TextPurpose, UserId
from model.rules.calls.withheld_numbers import unfit
from model.rules.pins import PinVerdict
from runtime import logs
from runtime.published.file import publish
from store.audit.entry import Action
from store.errors import RegistryError
from store.journal.journal import Transaction
from store.registry import devices, phones
from store.registry.devices import APP as BY_APP
from store.registry.devices import CODE_LIFE_S, Asked, DeviceKey, NoCode, Seeming, TooManyCodes
from store.registry.registry import Registry
from store.texts import ask_text

WORDS: Final = "{code} è il tuo codice. Non darlo a nessuno. / is your code: give it to nobody."
"""It does not say for what: the phone shows it to whoever looks."""
UNSIGNED: Final = "unsigned"
YOUNG: Final = "young"
NOT_TEXTED: Final = "number_not_called"
TRIES_MAX: Final = 10
"""Invitations that are none, from one address within five minutes, before it has to wait."""
OWN_KEY: Final = "center"
"""What the center's own app key is called (`center.state.keys`)."""
SIGNED: Final = {
    401: said(Problem, "No app key of this center, no signature of an enrolled phone."),
    403: said(Problem, "Not signed by an enrolled phone; `code` is the doubt."),
    429: said(Problem, "More than one sender is due; `Retry-After` says for how many seconds."),
}

log = logs.get("http.devices")


class DeviceBody(msgspec.Struct, frozen=True, kw_only=True):
    """A phone's key, and by what its number is proved: a code that is sent to `phone`, or an invitation."""

    public_key: Annotated[
        dict[str, Any], msgspec.Meta(description="JWK (RFC 7517) of a P-256 key: `kty`, `crv`, `x`, `y`.")
    ]
    phone: (
        Annotated[str, msgspec.Meta(max_length=40, description="E.164.", examples=["+393331112223"])] | None
    ) = None
    invitation: Annotated[str, msgspec.Meta(min_length=1, max_length=128)] | None = None
    name: Annotated[str, msgspec.Meta(max_length=devices.NAME_MAX, examples=["Giulia's phone"])] = ""

    def __post_init__(self) -> None:
        if (self.phone is None) == (self.invitation is None):
            raise ValueError("either `phone` or `invitation` is needed")


class CodeBody(msgspec.Struct, frozen=True, kw_only=True):
    """The code that came by a short message, and the person's PIN where one is set."""

    code: Annotated[str, msgspec.Meta(pattern=r"^[0-9]{6}$(?!\n)", examples=["271828"])]
    pin: Annotated[str, msgspec.Meta(max_length=32)] = ""


class PinsBody(msgspec.Struct, frozen=True, kw_only=True):
    """New PINs. `current`: the cancel PIN that is set, where one is."""

    pin: Annotated[str, msgspec.Meta(pattern=r"^[0-9]{4,12}$(?!\n)", examples=["4711"])]
    duress_pin: Annotated[str, msgspec.Meta(pattern=r"^[0-9]{4,12}$(?!\n)")] | None = None
    current: Annotated[str, msgspec.Meta(min_length=1, max_length=32)] | None = None


class DeviceAnswer(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """`device` is the `keyid` of signatures. `sent`: how the code is on its way. By an invitation the app
    gets its `key`, and the `phone` that is proved now.
    """

    device: Id
    sent: str = ""
    key: str = ""
    phone: str = ""


class Enrolled(msgspec.Struct, frozen=True, kw_only=True):
    """One phone of the person."""

    device: Id
    name: str
    created_at: Moment
    seen_at: Moment | None
    """When an alert was last raised with it."""
    this: bool
    """The one that asks."""


class EnrolledList(msgspec.Struct, frozen=True, kw_only=True):
    """The person's phones, oldest first."""

    devices: tuple[Enrolled, ...]


def own_app_key(state: Path, registry: Registry) -> str:
    """The key that an invited app gets: the center's own, in `keys/app.key`, which is made anew where it is
    revoked. Raises JournalError, OSError.
    """
    file = state / "keys" / "app.key"
    with suppress(FileNotFoundError):
        key = file.read_text().strip()
        if registry.app_key_name(key) is not None:
            return key
    made = registry.issue_app_key(OWN_KEY)
    publish(file, f"{made}\n".encode())
    return made


def signer(web: Web, request: AnyRequest) -> DeviceKey:
    """The phone that asks, of whose budget it is: enrolled as far as the app is shown, so that it may only
    seem to be (`proves`). Raises NotAllowed, TooMany.
    """
    sender: Sender = request.state[SENDER]
    own = sender.seeming if sender.doubt is None else None
    if sender.device is not None and sender.proof is Proof.DEVICE:
        own = sender.device
    doubt = sender.doubt
    if own is not None and own.seeming is Seeming.REVOKED:
        own, doubt = None, Doubt.UNKNOWN_KEY
    if own is None:
        why = f" ({doubt})" if doubt is not None else ""
        raise NotAllowed(f"this has to be signed by an enrolled phone{why}", doubt or UNSIGNED)
    web.senders.spend(Kind.READ, sender, own.device)
    return own


def proves(own: DeviceKey, verdict: PinVerdict) -> bool:
    """Whether what this phone asks for with a PIN of this verdict is done, and not only seemingly."""
    return own.seeming is Seeming.NOTHING and verdict in (PinVerdict.CANCEL, PinVerdict.NONE_SET)


def device_routes(web: Web, registry: Registry) -> list[HTTPRouteHandler]:
    """The routes."""
    throttle = Throttle(TRIES_MAX)

    async def invited(request: AnyRequest, secret: str, key: bytes, name: str) -> Response[bytes]:
        """The phone whose key this is has an invitation. Raises Gone, TooMany."""
        # Counted as soon as it is let through: tries side by side are no way around it.
        address, now_us = web.client_address(request), web.clock.now_us()
        if wait_s := throttle.wait_s("", address, now_us):
            raise TooMany(f"too many invitations that are none: try again in {wait_s} s", wait_s)
        throttle.count("", address, now_us)
        found = await web.writing.run(lambda tx: phones.accept_invitation(tx, secret, key, name))
        if found is None:
            raise Gone("this invitation is none, was used, or is over")
        throttle.take_back("", address)
        await web.audit.note(request, (found.person,), detail="enrolled", actor=BY_APP)
        app_key = await asyncio.to_thread(own_app_key, Path(web.settings.state), registry)
        return answer(request, DeviceAnswer(device=found.device, key=app_key, phone=found.phone), 201)

    @post(
        "/v1/devices",
        guards=[web.senders.look],
        dto=Strict[DeviceBody],
        return_dto=None,
        status_code=202,
        summary="Enrol a phone",
        description="With `phone` a code is sent there, which `/confirm` wants back within ten minutes; with "
        "an `invitation`, which needs no app key, the phone is enrolled at once.",
        operation_id="enrol_device",
        audit=Action.CHANGE_KEY,
        tags=["app"],
        security=APP,
        responses={
            202: said(DeviceAnswer, "The code is on its way."),
            201: said(DeviceAnswer, "Enrolled."),
            400: said(Problem, "Not understood, or no key of P-256."),
            401: said(Problem, "No app key of this center."),
            410: said(Problem, "The invitation is none, was used, or is over."),
            429: said(Problem, "Too many codes were sent; `Retry-After` says for how many seconds."),
        },
    )
    async def enrol(request: AnyRequest, data: JSONBody[DeviceBody]) -> Response[bytes]:
        try:
            key = jwk_point(data.public_key)
        except ValueError as error:
            raise BadBody(str(error), "$.public_key") from error
        sender: Sender = request.state[SENDER]
        if data.invitation is None:
            web.senders.known(request)
        web.senders.spend(Kind.POSITION, sender, data.phone or "")
        if data.invitation is not None:
            return await invited(request, data.invitation, key, data.name)
        try:
            phone = e164(data.phone or "")
        except ValueError as error:
            raise BadBody(str(error), "$.phone") from error

        if unfit(phone, web.settings.policy) is not None:
            raise BadBody("no code is sent to a number of this kind", "$.phone", NOT_TEXTED)
        web.senders.spend(Kind.ENROL, sender, phone)

        def asked(tx: Transaction) -> Asked:
            made = devices.ask(tx, phone, key, data.name)
            until = Instant(tx.at_us + CODE_LIFE_S * SECOND)
            ask_text(tx, phone, WORDS.format(code=made.code), TextPurpose.CODE, until)
            return made

        try:
            made = await web.writing.run(asked)
        except TooManyCodes as error:
            log.warning("no code is sent", reason=str(error))
            raise TooMany(str(error), error.retry_after_s) from error
        await web.audit.note(request, detail="a code was asked for", actor=BY_APP)
        return answer(request, DeviceAnswer(device=made.device, sent="sms"), 202)

    @post(
        "/v1/devices/{device:str}/confirm",
        guards=[web.senders.guard],
        dto=Strict[CodeBody],
        return_dto=None,
        status_code=201,
        summary="Give the code back",
        description="Five tries, within ten minutes. Where the person has set a PIN, `pin` says it. Every "
        "PIN, and none, is answered alike: without the right one the phone looks enrolled and proves "
        "nothing.",
        operation_id="confirm_device",
        audit=Action.CHANGE_KEY,
        tags=["app"],
        security=APP,
        responses={
            201: said(DeviceAnswer, "Enrolled: sign with the key, and with `device` as `keyid`."),
            400: said(Problem, "Not understood."),
            401: said(Problem, "No app key of this center."),
            403: said(Problem, "The code is wrong."),
            410: said(Problem, "The code is over: ask for another one."),
            429: said(Problem, "Too many PINs; `Retry-After` says for how many seconds."),
        },
    )
    async def confirm(
        request: AnyRequest, device: FromPath[str], data: JSONBody[CodeBody]
    ) -> Response[bytes]:
        web.senders.spend(Kind.POSITION, request.state[SENDER], device)
        return await evenly(confirmed(request, device, data))

    async def confirmed(request: AnyRequest, device: str, data: CodeBody) -> Response[bytes]:
        # Before that a PIN is not looked at: who has the code has the number's phone in hand.
        now_us = web.clock.now_us()
        phone = await asyncio.to_thread(devices.number_proved_by, web.journal, device, data.code, now_us)
        known = None if phone is None else await asyncio.to_thread(registry.user_by_phone, phone)
        verdict = PinVerdict.NONE_SET if known is None else await verdict_of(known.id, data.pin)
        seeming = Seeming.NOTHING if verdict in (PinVerdict.CANCEL, PinVerdict.NONE_SET) else Seeming.ENROLLED
        found = await web.writing.run(lambda tx: phones.confirm(tx, device, data.code, seeming=seeming))
        if found is NoCode.WRONG:
            raise NotAllowed(found.value)
        if isinstance(found, NoCode):
            raise Gone(found.value)
        web.senders.forget(device)
        await tell_operators(web, found.person, verdict, "when a phone was added")
        await web.audit.note(request, (found.person,), detail="enrolled", actor=BY_APP)
        return answer(request, DeviceAnswer(device=found.device), 201)

    async def verdict_of(person: UserId, pin: str) -> PinVerdict:
        return await guarded(web, person, pin, lambda: registry.check_pin(person, pin))

    @get(
        "/v1/devices",
        guards=[web.senders.guard],
        summary="The person's phones",
        operation_id="devices",
        audit="the user's own, by a signature",
        tags=["app"],
        security=APP,
        responses={200: said(EnrolledList, "As the registry says."), **SIGNED},
    )
    async def enrolled(request: AnyRequest) -> Response[bytes]:
        own = signer(web, request)
        found = await asyncio.to_thread(devices.shown_to_app, web.journal, own.person)
        told = tuple(
            Enrolled(
                device=one.device,
                name=one.name,
                created_at=rfc3339(one.created_at),
                seen_at=None if one.seen_at is None else rfc3339(one.seen_at),
                this=one.device == own.device,
            )
            for one in found
        )
        return answer(request, EnrolledList(devices=told))

    @delete(
        "/v1/devices/{device:str}",
        guards=[web.senders.guard],
        status_code=204,
        summary="A phone of the person's proves nothing any more",
        description="A phone ends itself without a PIN. To end another one `SW-Pin` says the person's PIN, "
        "where one is set; every PIN, and none, is answered alike, and without the right one the phone only "
        "looks ended. Where none is set, a phone of the last three days ends no older one (403, `young`).",
        operation_id="revoke_device",
        audit=Action.CHANGE_KEY,
        tags=["app"],
        security=APP,
        responses={404: said(Problem, "No phone of this person."), **SIGNED},
    )
    async def revoke(request: AnyRequest, device: FromPath[str]) -> Response[None]:
        return await evenly(revoked(request, signer(web, request), device))

    async def revoked(request: AnyRequest, own: DeviceKey, device: str) -> Response[None]:
        shown = await asyncio.to_thread(devices.shown_to_app, web.journal, own.person)
        other = next((one for one in shown if one.device == device), None)
        if other is None:
            raise NoSuchDevice("no such phone")
        verdict = PinVerdict.CANCEL
        if device != own.device:
            verdict = await verdict_of(own.person, header(request, b"sw-pin") or "")
            if verdict is PinVerdict.NONE_SET and own.is_young(web.clock.now_us()):
                raise NotAllowed("a phone that was added lately ends no older one", YOUNG)
        # A phone that only seems enrolled may end itself in truth.
        seeming = device != own.device and not proves(own, verdict)
        if not await web.writing.run(lambda tx: phones.revoke(tx, device, BY_APP, seeming=seeming)):
            raise NoSuchDevice("no such phone")
        web.senders.forget(device)
        await tell_operators(web, own.person, verdict, "when a phone was ended")
        await web.audit.note(request, (own.person,), detail="revoked", actor=BY_APP)
        return Response(None, status_code=204)

    @put(
        "/v1/pins",
        guards=[web.senders.guard],
        dto=Strict[PinsBody],
        return_dto=None,
        status_code=204,
        summary="Set the PINs by which the person cancels an alert, in truth and under duress",
        description="Where PINs are set, `current` has to be the cancel PIN. Every `current`, and none, is "
        "answered alike, and without the right one nothing is changed.",
        operation_id="set_pins",
        audit=Action.CHANGE_PERSON,
        tags=["app"],
        security=APP,
        responses={400: said(Problem, "Not understood, or the two are the same."), **SIGNED},
    )
    async def set_pins(request: AnyRequest, data: JSONBody[PinsBody]) -> Response[None]:
        return await evenly(pins_set(request, signer(web, request), data))

    async def pins_set(request: AnyRequest, own: DeviceKey, data: PinsBody) -> Response[None]:
        def changed() -> PinVerdict:
            return registry.change_pins(
                own.person,
                current=data.current or "",
                pin=data.pin,
                duress_pin=data.duress_pin,
                by=BY_APP,
                seeming=own.seeming is not Seeming.NOTHING,
            )

        try:
            verdict = await guarded(web, own.person, data.current or "", changed)
        except RegistryError as error:
            raise BadBody(str(error), "$.duress_pin") from error
        await tell_operators(web, own.person, verdict, "when PINs were changed")
        await web.audit.note(request, (own.person,), detail="PINs", actor=BY_APP)
        return Response(None, status_code=204)

    return [enrol, confirm, enrolled, revoke, set_pins]
