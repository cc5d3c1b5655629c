"""/v1/devices, /v1/pins: enrolment of a phone, which proves its number once and signs from then on, and the
person's phones and PINs.

Every change is durable before the response. A line of the center sends the code (`store.sms_outbox`); the
end of a web between the two steps affects neither.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Any, Final

import msgspec

from gateways.http.parts.context import Web, once
from gateways.http.routing.permissions import APP, APP_OR_INVITED, PHONE, Caller
from gateways.http.routing.route import DELETE, GET, POST, PUT, Answer, route
from gateways.http.security.budgets import Kind
from gateways.http.security.pin_guard import (
    check_pin,
    is_carried_out,
    raise_pin_alarm,
    with_even_response_time,
)
from gateways.http.security.signatures import jwk_point
from gateways.http.security.throttle import Throttle
from gateways.http.wire.answers import Id, Moment, derived
from gateways.http.wire.bodies import e164
from gateways.http.wire.errors import BadBody, Gone, NoSuchDevice, NotAllowed, TooMany
from messages.ids import SECOND, Instant, TextPurpose, UserId
from model.rules.calls.withheld_numbers import why_number_unfit
from model.rules.pins import PinVerdict
from runtime import logs
from runtime.published.file import publish
from store.audit.entry import Action
from store.errors import RegistryError
from store.journal.journal import Transaction
from store.registry import devices as enrolled
from store.registry import phones
from store.registry.devices import APP as BY_APP
from store.registry.devices import CODE_LIFE_S, CodeRefusal, DeviceAppearance, PendingEnrolment, TooManyCodes
from store.registry.registry import Registry
from store.sms_outbox import request_text

WORDS: Final = "{code} è il tuo codice. Non darlo a nessuno. / is your code: give it to nobody."
"""Text of the code's SMS. The text omits the purpose, because the phone shows the text to any onlooker."""
YOUNG: Final = "young"
NOT_TEXTED: Final = "number_not_called"
TRIES_MAX: Final = 10
"""Invalid invitations from one address within five minutes, before the address has to wait."""
OWN_KEY: Final = "center"
"""Name of the center's own app key (`application.state.keys`)."""

log = logs.get("http.devices")


class DeviceBody(msgspec.Struct, frozen=True, kw_only=True):
    """Key of a phone, and the proof of its number: a code sent to `phone`, or an invitation."""

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
            raise ValueError("the request needs either `phone` or `invitation`")


class CodeBody(msgspec.Struct, frozen=True, kw_only=True):
    """Code received by SMS, and the person's PIN if set."""

    code: Annotated[str, msgspec.Meta(pattern=r"^[0-9]{6}$(?!\n)", examples=["271828"])]
    pin: Annotated[str, msgspec.Meta(max_length=32)] = ""


class PinsBody(msgspec.Struct, frozen=True, kw_only=True):
    """New PINs. `current`: the present cancel PIN, if set."""

    pin: Annotated[str, msgspec.Meta(pattern=r"^[0-9]{4,12}$(?!\n)", examples=["4711"])]
    duress_pin: Annotated[str, msgspec.Meta(pattern=r"^[0-9]{4,12}$(?!\n)")] | None = None
    current: Annotated[str, msgspec.Meta(min_length=1, max_length=32)] | None = None


class DeviceAnswer(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Enrolment of a phone. `device` is the `keyid` of signatures. `sent`: how the code is sent. By an
    invitation the app gets its `key`, and the `phone` number now proved.
    """

    device: Id
    sent: str = ""
    key: str = ""
    phone: str = ""


class Enrolled(msgspec.Struct, frozen=True, kw_only=True):
    """Phone of the person."""

    device: Id
    name: str
    created_at: Moment
    seen_at: Moment | None
    """Time of the last alert raised with the phone."""
    this: bool
    """True for the phone that sends the request."""


class EnrolledList(msgspec.Struct, frozen=True, kw_only=True):
    """Phones of the person, oldest first."""

    devices: tuple[Enrolled, ...]


def own_app_key(state: Path, registry: Registry) -> str:
    """Return the app key for invited apps: the center's own, in `keys/app.key`; replaced if revoked.

    Raises JournalError, OSError.
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

    With `phone` a code is sent to that number, and `/confirm` expects the code within ten minutes. With an
    `invitation`, which needs no app key, the phone is enrolled at once.
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

    if why_number_unfit(phone, web.settings.center) is not None:
        raise BadBody("the center sends no codes to numbers of this kind", "$.phone", NOT_TEXTED)
    web.senders.spend(Kind.ENROL, sender, phone)

    def asked(tx: Transaction) -> PendingEnrolment:
        made = enrolled.start_enrolment(tx, phone, key, data.name)
        until = Instant(tx.at_us + CODE_LIFE_S * SECOND)
        request_text(tx, phone, WORDS.format(code=made.code), TextPurpose.CODE, until)
        return made

    try:
        made = await web.writing.run(asked)
    except TooManyCodes as error:
        log.warning("no enrolment code is sent", reason=str(error))
        raise TooMany(str(error), error.retry_after_s) from error
    told = DeviceAnswer(device=made.device, sent="sms")
    return Answer(told, detail="a code was asked for", actor=BY_APP)


async def _invited(web: Web, who: Caller, secret: str, key: bytes, name: str) -> Answer[DeviceAnswer]:
    """Enrol the phone of this key by an invitation. Raises Gone, TooMany."""
    # Counted before the check, so that parallel attempts do not evade the limit.
    throttle, address, now_us = _throttle(web), who.address, web.clock.now_us()
    if wait_s := throttle.wait_s("", address, now_us):
        raise TooMany(f"too many unknown invitations: try again in {wait_s} s", wait_s)
    throttle.count("", address, now_us)
    found = await web.writing.run(lambda tx: phones.accept_invitation(tx, secret, key, name))
    if found is None:
        raise Gone("the invitation is unknown, was used already, or has expired")
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
    """Confirm the code.

    Five attempts, within ten minutes. If the person has set a PIN, `pin` is that PIN. Every PIN, also a
    missing PIN, gets the same response: without the right PIN the phone looks enrolled and proves nothing.
    """
    web.senders.spend(Kind.POSITION, who.sender, device)
    return await with_even_response_time(_confirmed(web, who, device, data))


async def _confirmed(web: Web, who: Caller, device: str, data: CodeBody) -> DeviceAnswer:
    # The PIN is checked only with the right code: the sender of the code holds the number's phone.
    now_us = web.clock.now_us()
    phone = await asyncio.to_thread(enrolled.number_proved_by, web.journal, device, data.code, now_us)
    known = None if phone is None else await asyncio.to_thread(web.registry.user_by_phone, phone)
    verdict = PinVerdict.NONE_SET if known is None else await _verdict_of(web, known.id, data.pin)
    seeming = (
        DeviceAppearance.NOTHING
        if verdict in (PinVerdict.CANCEL, PinVerdict.NONE_SET)
        else DeviceAppearance.ENROLLED
    )
    found = await web.writing.run(lambda tx: phones.confirm(tx, device, data.code, seeming=seeming))
    if found is CodeRefusal.WRONG:
        raise NotAllowed(found.value)
    if isinstance(found, CodeRefusal):
        raise Gone(found.value)
    web.senders.forget(device)
    await raise_pin_alarm(web, found.person, verdict, "when a phone was added")
    await who.note((found.person,), detail="enrolled", actor=BY_APP)
    return DeviceAnswer(device=found.device)


async def _verdict_of(web: Web, person: UserId, pin: str) -> PinVerdict:
    return await check_pin(web, person, pin, lambda: web.registry.check_pin(person, pin))


@route(GET, "/v1/devices", by=PHONE, audit="the user's own, by a signature", refuses=(TooMany,))
def devices(web: Web, who: Caller) -> EnrolledList:
    """List the person's phones."""
    own = who.phone
    told = enrolled.devices_for_app(web.journal, own.person)
    return EnrolledList(devices=tuple(derived(Enrolled, one, this=one.device == own.device) for one in told))


@route(DELETE, "/v1/devices/{device}", by=PHONE, audit=Action.CHANGE_KEY, refuses=(NoSuchDevice, TooMany))
async def revoke_device(web: Web, who: Caller, device: str) -> None:
    """Revoke a phone of the person.

    A phone revokes itself without a PIN. To revoke another phone, `SW-Pin` contains the person's PIN, if set.
    Every PIN, also a missing PIN, gets the same response, and without the right PIN the phone only looks
    revoked. If no PIN is set, a phone of the last three days revokes no older phone (403, `young`).
    """
    await with_even_response_time(_revoked(web, who, device))


async def _revoked(web: Web, who: Caller, device: str) -> None:
    own = who.phone
    shown = await asyncio.to_thread(enrolled.devices_for_app, web.journal, own.person)
    other = next((one for one in shown if one.device == device), None)
    if other is None:
        raise NoSuchDevice("no enrolled phone has this id")
    verdict = PinVerdict.CANCEL
    if device != own.device:
        verdict = await _verdict_of(web, own.person, who.header(b"sw-pin") or "")
        if verdict is PinVerdict.NONE_SET and own.is_young(web.clock.now_us()):
            raise NotAllowed("a recently added phone cannot end an older one", YOUNG)
    # A phone that only seems enrolled may really revoke itself.
    seeming = device != own.device and not is_carried_out(own, verdict)
    if not await web.writing.run(lambda tx: phones.revoke(tx, device, BY_APP, seeming=seeming)):
        raise NoSuchDevice("no enrolled phone has this id")
    web.senders.forget(device)
    await raise_pin_alarm(web, own.person, verdict, "when a phone was ended")
    await who.note((own.person,), detail="revoked", actor=BY_APP)


@route(PUT, "/v1/pins", by=PHONE, audit=Action.CHANGE_PERSON, refuses=(TooMany,))
async def set_pins(web: Web, who: Caller, data: PinsBody) -> None:
    """Set the person's cancel PIN and duress PIN.

    If PINs are set, `current` must be the cancel PIN. Every `current`, also a missing one, gets the same
    response, and without the right PIN nothing changes.
    """
    await with_even_response_time(_pins_set(web, who, data))


async def _pins_set(web: Web, who: Caller, data: PinsBody) -> None:
    own = who.phone

    def changed() -> PinVerdict:
        return web.registry.change_pins(
            own.person,
            current=data.current or "",
            pin=data.pin,
            duress_pin=data.duress_pin,
            by=BY_APP,
            seeming=own.seeming is not DeviceAppearance.NOTHING,
        )

    try:
        verdict = await check_pin(web, own.person, data.current or "", changed)
    except RegistryError as error:
        raise BadBody(str(error), "$.duress_pin") from error
    await raise_pin_alarm(web, own.person, verdict, "when PINs were changed")
    await who.note((own.person,), detail="PINs", actor=BY_APP)
