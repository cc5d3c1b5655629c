"""Records of persons and their pictures: /v1/users/USER/record for staff, /v1/me/record for the person.

Operators read a record within an alert, as part of its case (decision 90); supervisors and admins read and
change any record. The person fills in the record on an enrolled phone. If the person has set a PIN the record
is sealed to phones: it names dangerous people, and the phone may be in the hands of such a person. The right
PIN then permits writing, and reading is never permitted, so that nothing shown depends on the PIN. With the
right PIN the sent fields fill the record; with any other PIN they only seem to.
"""

from __future__ import annotations

import asyncio
import re
from typing import Annotated, Final

import msgspec
from litestar import Response

from gateways.http.parts.context import Web
from gateways.http.routes.staff.pictures_and_recordings import picture_of
from gateways.http.routing.permissions import PHONE, SUPERVISOR, Caller
from gateways.http.routing.route import GET, POST, PUT, Answer, route
from gateways.http.security.pin_guard import (
    check_pin,
    is_carried_out,
    raise_pin_alarm,
    with_even_response_time,
)
from gateways.http.wire.answers import Moment, rfc3339
from gateways.http.wire.errors import (
    BadBody,
    BodyTooLarge,
    Changed,
    NoSuchPerson,
    NotAllowed,
    TooMany,
    Unconditional,
)
from messages.ids import UserId
from model.picture import PICTURE_MAX, PictureRefused
from model.record import EMPTY, PersonRecord
from model.rules.pins import PinVerdict
from store.audit.entry import Action
from store.errors import NotRegistered, NumberRefused
from store.registry import numbers
from store.registry.devices import APP as BY_APP
from store.registry.devices import DeviceAppearance, DeviceKey
from store.registry.people import User
from store.registry.users import records
from store.registry.users.records import PictureMissing, PicturesFull, RecordChanged, StoredRecord

BODY_MAX: Final = PICTURE_MAX + 1
"""Largest body: a picture, and one byte by which a larger picture is detected."""
PIN_NEEDED: Final = "pin_needed"
READ: Final = "the user's own, by a signature"
CHANGES: Final = ((400, "Not understood, no number, or no such picture."), Changed, Unconditional)
PICTURES: Final = ((400, "No such picture, or too many."), BodyTooLarge)
_TAG: Final = re.compile(r'(?:W/)?"(\d{1,18})"')


class RecordAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A person's record. `version` is also in `ETag`, and belongs in the `If-Match` of the next change."""

    version: int
    changed_at: Moment | None
    record: PersonRecord
    sealed: bool = False
    """Phones cannot read the record: `record` is empty, or the content just sent."""


class PictureAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A stored picture, deleted after an hour unless a record names it."""

    picture: Annotated[str, msgspec.Meta(examples=["5f0c7a3e9b1d42c8a6e4f00b7d9c1e23"])]


# ------------------------------------------------------------------------------------------ for staff


@route(GET, "/v1/users/{user}/record", by=SUPERVISOR, audit=Action.READ_PERSON, refuses=(NoSuchPerson,))
def record(web: Web, user: str) -> Answer[RecordAnswer]:
    """Return a user's record.

    `user` is a number (E.164) or an id. A user without a record has an empty one with version 0.
    """
    known = _user_called(web, user)
    kept = web.journal.at_one_moment(lambda one: records.read_record(one, known))
    return _told(kept, known, "record")


@route(
    PUT,
    "/v1/users/{user}/record",
    by=SUPERVISOR,
    audit=Action.CHANGE_PERSON,
    refuses=(*CHANGES, NoSuchPerson),
)
async def keep_record(web: Web, who: Caller, user: str, data: PersonRecord) -> Answer[RecordAnswer]:
    """Replace a user's record.

    `If-Match: "3"` names the version that was read, `"0"` if there was none.
    """
    known, version = await asyncio.to_thread(_user_called, web, user), _expected(who)
    return _told(await _written(web, known, data, version, who.operator), known, "record")


@route(
    POST,
    "/v1/users/{user}/record/pictures",
    by=SUPERVISOR,
    audit=Action.CHANGE_PERSON,
    status=201,
    largest=BODY_MAX,
    refuses=(*PICTURES, NoSuchPerson),
)
async def add_picture(web: Web, user: str, content: bytes) -> Answer[PictureAnswer]:
    """Send a picture for a user's record.

    The body is a JPEG, PNG or WebP, of 512 KiB at most; a record saved within an hour must name the picture.
    """
    known = await asyncio.to_thread(_user_called, web, user)
    return Answer(await _picture_kept(web, known, content), (known,), "picture")


@route(
    GET,
    "/v1/users/{user}/record/pictures/{picture}",
    by=SUPERVISOR,
    audit=Action.READ_PERSON,
    refuses=(NoSuchPerson,),
)
def picture(web: Web, user: str, picture: str) -> Answer[Response[bytes]]:
    """Return a picture of a user's record."""
    known = _user_called(web, user)
    return Answer(picture_of(web, known, picture), (known,), "picture")


# ------------------------------------------------------------------------------------- for the person


@route(GET, "/v1/me/record", by=PHONE, audit=READ, says="As it is kept, or sealed.", refuses=(TooMany,))
async def own_record(web: Web, who: Caller) -> Answer[RecordAnswer]:
    """Return the person's own record.

    If a PIN is set, `SW-Pin` has a PIN (else 403, `pin_needed`). The record is then `sealed`: it looks empty
    to every phone, with every PIN.
    """
    own = who.phone
    if await _is_sealed(web, own):
        await with_even_response_time(_verdict_of(web, who))
        return _sealed(EMPTY)
    kept = await asyncio.to_thread(
        web.journal.at_one_moment, lambda one: records.read_record(one, own.person)
    )
    return _told(kept)


@route(PUT, "/v1/me/record", by=PHONE, audit=Action.CHANGE_PERSON, refuses=(*CHANGES, TooMany))
async def keep_own_record(web: Web, who: Caller, data: PersonRecord) -> Answer[RecordAnswer]:
    """Replace the person's own record.

    `If-Match: "3"` names the version that was read, `"0"` if there was none; `SW-Pin` has a PIN, if one is
    set. Empty fields leave a sealed record unchanged. The answer is the same for every PIN, and only the
    right PIN changes the record.
    """
    own, version = who.phone, _expected(who)
    if await _is_sealed(web, own):
        return await with_even_response_time(_filled(web, who, data, version))
    kept = await _written(web, own.person, data, version, BY_APP)
    return _told(kept, own.person, "record", BY_APP)


@route(
    POST,
    "/v1/me/record/pictures",
    by=PHONE,
    audit=Action.CHANGE_PERSON,
    status=201,
    largest=BODY_MAX,
    refuses=(*PICTURES, TooMany),
)
async def add_own_picture(web: Web, who: Caller, content: bytes) -> Answer[PictureAnswer]:
    """Send a picture for the person's own record.

    The body is a JPEG, PNG or WebP, of 512 KiB at most; a record saved within an hour must name the picture.
    """
    person = who.phone.person
    return Answer(await _picture_kept(web, person, content), (person,), "picture", BY_APP)


@route(GET, "/v1/me/record/pictures/{picture}", by=PHONE, audit=READ, refuses=(NoSuchPerson, TooMany))
async def own_picture(web: Web, who: Caller, picture: str) -> Response[bytes]:
    """Return a picture of the person's own record.

    Pictures of a sealed record are not returned.
    """
    if await _is_sealed(web, who.phone):
        raise NoSuchPerson("the user has no picture")
    return await asyncio.to_thread(picture_of, web, who.phone.person, picture)


async def _is_sealed(web: Web, own: DeviceKey) -> bool:
    """Return True if the record is sealed to the person's phones."""
    if own.seeming is not DeviceAppearance.NOTHING:
        return True
    known = await asyncio.to_thread(web.registry.user, own.person)
    return known is not None and (known.has_cancel_pin or known.has_duress_pin)


async def _verdict_of(web: Web, who: Caller) -> PinVerdict:
    """Check the request's PIN and notify operators. Raises NotAllowed without a PIN, TooMany."""
    pin, person = who.header(b"sw-pin"), who.phone.person
    if pin is None:
        raise NotAllowed("the request needs a PIN in the header `SW-Pin`", PIN_NEEDED)
    verdict = await check_pin(web, person, pin, lambda: web.registry.check_pin(person, pin))
    await raise_pin_alarm(web, person, verdict, "at the record")
    return verdict


async def _filled(web: Web, who: Caller, record: PersonRecord, version: int) -> Answer[RecordAnswer]:
    own, region = who.phone, web.settings.center.region
    if version != 0:
        raise Changed("the record was changed meanwhile: read the record again")
    try:
        record = records.normalised(record, region)
    except NumberRefused as error:
        raise BadBody(str(error), "$.contacts", "not_a_number") from error
    if is_carried_out(own, await _verdict_of(web, who)):
        await web.writing.run(lambda tx: records.fill(tx, own.person, record, by=BY_APP, region=region))
    await who.note((own.person,), detail="record", actor=BY_APP)
    return _sealed(record)


# ------------------------------------------------------------------------------------- what both share


def _user_called(web: Web, who: str) -> UserId:
    """Return the user of this id or number. Raises NoSuchPerson."""
    found: User | None = web.registry.user(UserId(who))
    if found is None:
        try:
            found = web.registry.user_by_phone(numbers.normalised(who, web.settings.center.region))
        except NumberRefused:
            found = None
    if found is None:
        raise NoSuchPerson("no user has this id")
    return found.id


def _told(
    kept: StoredRecord,
    user: UserId | None = None,
    detail: str = "",
    actor: str | None = None,
    *,
    sealed: bool = False,
) -> Answer[RecordAnswer]:
    """Build the answer with the record and its version."""
    at = None if kept.changed_at is None else rfc3339(kept.changed_at)
    shown = RecordAnswer(version=kept.version, changed_at=at, record=kept.record, sealed=sealed)
    return Answer(shown, (user,), detail, actor, headers={"etag": f'"{kept.version}"'})


def _sealed(record: PersonRecord) -> Answer[RecordAnswer]:
    return _told(StoredRecord(record=record, version=0, changed_at=None), sealed=True)


def _expected(who: Caller) -> int:
    """Return the version in `If-Match: "3"`; 0 if there was no record. Raises Unconditional."""
    found = _TAG.fullmatch((who.header(b"if-match") or "").strip())
    if found is None:
        raise Unconditional('a change needs the version that was read, in `If-Match: "3"`')
    return int(found[1])


async def _written(web: Web, user: UserId, record: PersonRecord, version: int, by: str) -> StoredRecord:
    """Store the record. Raises Changed, BadBody, NoSuchPerson, NotDurable."""
    try:
        return await web.writing.run(
            lambda tx: records.write_record(
                tx, user, record, expected=version, by=by, region=web.settings.center.region
            )
        )
    except RecordChanged as error:
        raise Changed(str(error)) from error
    except NumberRefused as error:
        raise BadBody(str(error), "$.contacts", "not_a_number") from error
    except PictureMissing as error:
        raise BadBody(str(error), "$") from error
    except NotRegistered as error:
        raise NoSuchPerson("no user has this id") from error


async def _picture_kept(web: Web, user: UserId, data: bytes) -> PictureAnswer:
    """Store a picture. Raises BadBody, BodyTooLarge, NoSuchPerson, NotDurable."""
    if len(data) > PICTURE_MAX:
        raise BodyTooLarge(f"the picture has more than {PICTURE_MAX} bytes")
    try:
        made = await web.writing.run(lambda tx: records.add_picture(tx, user, data))
    except (PictureRefused, PicturesFull) as error:
        raise BadBody(str(error)) from error
    except NotRegistered as error:
        raise NoSuchPerson("no user has this id") from error
    return PictureAnswer(picture=made)
