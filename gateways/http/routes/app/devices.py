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

from gateways.http.door.budgets import Kind
from gateways.http.door.signatures import jwk_point
from gateways.http.door.throttle import Throttle
from gateways.http.door.typed_pins import evenly, guarded, proves, tell_operators
from gateways.http.parts.context import Web, once
from gateways.http.routing.permissions import APP, APP_OR_INVITED, PHONE, Caller
from gateways.http.routing.route import DELETE, GET, POST, PUT, Answer, route
from gateways.http.wire.answers import Id, Moment, derived
from gateways.http.wire.bodies import e164
from gateways.http.wire.errors import BadBody, Gone, NoSuchDevice, NotAllowed, TooMany
from messages.ids import SECOND, Instant, TextPurpose, UserId
from model.rules.calls.withheld_numbers import unfit
from model.rules.pins import PinVerdict
from runtime import logs
from runtime.published.file import publish
from store.audit.entry import Action
from store.errors import RegistryError
from store.journal.journal import Transaction
from store.registry import devices as enrolled
from store.registry import phones
from store.registry.devices import APP as BY_APP
from store.registry.devices import CODE_LIFE_S, Asked, NoCode, Seeming, TooManyCodes
from store.registry.registry import Registry
from store.texts import ask_text

WORDS: Final = "{code} è il tuo codice. Non darlo a nessuno. / is your code: give it to nobody."
"""It does not say for what: the phone shows it to whoever looks."""
YOUNG: Final = "young"
NOT_TEXTED: Final = "number_not_called"
TRIES_MAX: Final = 10
"""Invitations that are none, from one address within five minutes, before it has to wait."""
OWN_KEY: Final = "center"
"""What the center's own app key is called (`application.state.keys`)."""

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
    name: Annotated[str, msgspec.Meta(max_length=enrolled.NAME_MAX, examples=["Giulia's phone"])] = ""

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


@once
def _throttle(_: Web) -> Throttle:
    return Throttle(TRIES_MAX)


@route(
    POST,
    "/v1/devices",
    by=APP_OR_INVITED,
    audit=Action.CHANGE_KEY,
    status=202,
    says="The code is on its way.",
    also={201: "Enrolled."},
    refuses=(Gone, (429, "Too many codes were sent; `Retry-After` says for how many seconds.")),
)
async def enrol_device(web: Web, who: Caller, data: DeviceBody) -> Answer[DeviceAnswer]:
    """Enrol a phone.

    With `phone` a code is sent there, which `/confirm` wants back within ten minutes; with an `invitation`,
    which needs no app key, the phone is enrolled at once.
    """
    try:
        key = jwk_point(data.public_key)
    except ValueError as error:
        raise BadBody(str(error), "$.public_key") from error
    sender = who.sender
    if data.invitation is None:
        web.senders.known(who.request)
    web.senders.spend(Kind.POSITION, sender, data.phone or "")
    if data.invitation is not None:
        return await _invited(web, who, data.invitation, key, data.name)
    try:
        phone = e164(data.phone or "")
    except ValueError as error:
        raise BadBody(str(error), "$.phone") from error

    if unfit(phone, web.settings.center) is not None:
        raise BadBody("no code is sent to a number of this kind", "$.phone", NOT_TEXTED)
    web.senders.spend(Kind.ENROL, sender, phone)

    def asked(tx: Transaction) -> Asked:
        made = enrolled.ask(tx, phone, key, data.name)
        until = Instant(tx.at_us + CODE_LIFE_S * SECOND)
        ask_text(tx, phone, WORDS.format(code=made.code), TextPurpose.CODE, until)
        return made

    try:
        made = await web.writing.run(asked)
    except TooManyCodes as error:
        log.warning("no code is sent", reason=str(error))
        raise TooMany(str(error), error.retry_after_s) from error
    told = DeviceAnswer(device=made.device, sent="sms")
    return Answer(told, detail="a code was asked for", actor=BY_APP)


async def _invited(web: Web, who: Caller, secret: str, key: bytes, name: str) -> Answer[DeviceAnswer]:
    """Enrol the phone of this key by an invitation. Raises Gone, TooMany."""
    # Counted as soon as it is let through: tries side by side are no way around it.
    throttle, address, now_us = _throttle(web), who.address, web.clock.now_us()
    if wait_s := throttle.wait_s("", address, now_us):
        raise TooMany(f"too many invitations that are none: try again in {wait_s} s", wait_s)
    throttle.count("", address, now_us)
    found = await web.writing.run(lambda tx: phones.accept_invitation(tx, secret, key, name))
    if found is None:
        raise Gone("this invitation is none, was used, or is over")
    throttle.take_back("", address)
    await who.note((found.person,), detail="enrolled", actor=BY_APP)
    app_key = await asyncio.to_thread(own_app_key, Path(web.settings.state), web.registry)
    return Answer(DeviceAnswer(device=found.device, key=app_key, phone=found.phone), status=201)


@route(
    POST,
    "/v1/devices/{device}/confirm",
    by=APP,
    audit=Action.CHANGE_KEY,
    status=201,
    says="Enrolled: sign with the key, and with `device` as `keyid`.",
    refuses=(
        (403, "The code is wrong."),
        Gone,
        (429, "Too many PINs; `Retry-After` says for how many seconds."),
    ),
)
async def confirm_device(web: Web, who: Caller, device: str, data: CodeBody) -> DeviceAnswer:
    """Give the code back.

    Five tries, within ten minutes. Where the person has set a PIN, `pin` says it. Every PIN, and none, is
    answered alike: without the right one the phone looks enrolled and proves nothing.
    """
    web.senders.spend(Kind.POSITION, who.sender, device)
    return await evenly(_confirmed(web, who, device, data))


async def _confirmed(web: Web, who: Caller, device: str, data: CodeBody) -> DeviceAnswer:
    # Before that a PIN is not looked at: who has the code has the number's phone in hand.
    now_us = web.clock.now_us()
    phone = await asyncio.to_thread(enrolled.number_proved_by, web.journal, device, data.code, now_us)
    known = None if phone is None else await asyncio.to_thread(web.registry.user_by_phone, phone)
    verdict = PinVerdict.NONE_SET if known is None else await _verdict_of(web, known.id, data.pin)
    seeming = Seeming.NOTHING if verdict in (PinVerdict.CANCEL, PinVerdict.NONE_SET) else Seeming.ENROLLED
    found = await web.writing.run(lambda tx: phones.confirm(tx, device, data.code, seeming=seeming))
    if found is NoCode.WRONG:
        raise NotAllowed(found.value)
    if isinstance(found, NoCode):
        raise Gone(found.value)
    web.senders.forget(device)
    await tell_operators(web, found.person, verdict, "when a phone was added")
    await who.note((found.person,), detail="enrolled", actor=BY_APP)
    return DeviceAnswer(device=found.device)


async def _verdict_of(web: Web, person: UserId, pin: str) -> PinVerdict:
    return await guarded(web, person, pin, lambda: web.registry.check_pin(person, pin))


@route(GET, "/v1/devices", by=PHONE, audit="the user's own, by a signature", refuses=(TooMany,))
def devices(web: Web, who: Caller) -> EnrolledList:
    """The person's phones."""
    own = who.phone
    told = enrolled.shown_to_app(web.journal, own.person)
    return EnrolledList(devices=tuple(derived(Enrolled, one, this=one.device == own.device) for one in told))


@route(DELETE, "/v1/devices/{device}", by=PHONE, audit=Action.CHANGE_KEY, refuses=(NoSuchDevice, TooMany))
async def revoke_device(web: Web, who: Caller, device: str) -> None:
    """A phone of the person's proves nothing any more.

    A phone ends itself without a PIN. To end another one `SW-Pin` says the person's PIN, where one is set;
    every PIN, and none, is answered alike, and without the right one the phone only looks ended. Where none
    is set, a phone of the last three days ends no older one (403, `young`).
    """
    await evenly(_revoked(web, who, device))


async def _revoked(web: Web, who: Caller, device: str) -> None:
    own = who.phone
    shown = await asyncio.to_thread(enrolled.shown_to_app, web.journal, own.person)
    other = next((one for one in shown if one.device == device), None)
    if other is None:
        raise NoSuchDevice("no such phone")
    verdict = PinVerdict.CANCEL
    if device != own.device:
        verdict = await _verdict_of(web, own.person, who.header(b"sw-pin") or "")
        if verdict is PinVerdict.NONE_SET and own.is_young(web.clock.now_us()):
            raise NotAllowed("a phone that was added lately ends no older one", YOUNG)
    # A phone that only seems enrolled may end itself in truth.
    seeming = device != own.device and not proves(own, verdict)
    if not await web.writing.run(lambda tx: phones.revoke(tx, device, BY_APP, seeming=seeming)):
        raise NoSuchDevice("no such phone")
    web.senders.forget(device)
    await tell_operators(web, own.person, verdict, "when a phone was ended")
    await who.note((own.person,), detail="revoked", actor=BY_APP)


@route(PUT, "/v1/pins", by=PHONE, audit=Action.CHANGE_PERSON, refuses=(TooMany,))
async def set_pins(web: Web, who: Caller, data: PinsBody) -> None:
    """Set the PINs by which the person cancels an alert, in truth and under duress.

    Where PINs are set, `current` has to be the cancel PIN. Every `current`, and none, is answered alike, and
    without the right one nothing is changed.
    """
    await evenly(_pins_set(web, who, data))


async def _pins_set(web: Web, who: Caller, data: PinsBody) -> None:
    own = who.phone

    def changed() -> PinVerdict:
        return web.registry.change_pins(
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
    await who.note((own.person,), detail="PINs", actor=BY_APP)
