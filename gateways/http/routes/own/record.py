"""/v1/me/record: what the person enters of the record, by an enrolled phone.

Where PINs are set, one of them has to be said (`SW-Pin`): the record names who is dangerous, and the phone
may be in that very hand. With the duress PIN a harmless part is told, nothing is changed, and each answer is
as any other.
"""

from __future__ import annotations

import asyncio
from typing import Final

import msgspec
from litestar import Response, get, post, put
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, JSONBody

from gateways.http.door.pins import verdict_of
from gateways.http.parts.context import Web
from gateways.http.records import (
    A_PICTURE,
    BODY_MAX,
    CHANGED,
    PICTURE_ADDED,
    RecordAnswer,
    expected,
    picture_kept,
    shown,
    told,
    written,
)
from gateways.http.routes.alerts import APP
from gateways.http.routes.devices import SIGNED, signer
from gateways.http.wire.answers import AnyRequest, answer, header, said
from gateways.http.wire.decoding import Strict
from gateways.http.wire.errors import BadBody, Changed, NotAllowed
from messages.ids import UserId
from model.record import PersonRecord, harmless
from store.audit.entry import Action
from store.errors import NumberRefused
from store.registry.devices import APP as BY_APP
from store.registry.devices import DeviceKey
from store.registry.registry import Registry
from store.registry.users import records
from store.registry.users.pins import PinVerdict
from store.registry.users.records import Kept, PictureMissing

PIN_NEEDED: Final = "pin_needed"


def own_record_routes(web: Web, registry: Registry) -> list[HTTPRouteHandler]:
    """The routes."""
    region = web.settings.policy.region
    pretended: dict[UserId, tuple[int, Kept]] = {}
    """What was seemingly kept under duress, so that it is there when somebody looks again, as long as this
    process lives; each with the version of the record as it is, for which it holds.
    """

    async def shows(request: AnyRequest, own: DeviceKey) -> bool:
        """Whether everything is told to whoever asks; False: under duress. Raises NotAllowed, TooMany."""
        pin = header(request, b"sw-pin")
        if pin is None:
            known = await asyncio.to_thread(registry.user, own.person)
            if known is not None and (known.has_cancel_pin or known.has_duress_pin):
                raise NotAllowed("say a PIN in `SW-Pin`", PIN_NEEDED)
            return True
        return await verdict_of(web, registry, own, pin, "`SW-Pin`") is not PinVerdict.DURESS

    async def kept_of(user: UserId) -> Kept:
        return await asyncio.to_thread(web.journal.at_one_moment, lambda one: records.read(one, user))

    async def seeming(user: UserId) -> Kept:
        """What is told under duress."""
        kept = await kept_of(user)
        of, pretence = pretended.get(user, (None, kept))
        if of == kept.version:
            return pretence
        return msgspec.structs.replace(kept, record=harmless(kept.record))

    @get(
        "/v1/me/record",
        guards=[web.senders.guard],
        summary="The person's own record",
        description="`SW-Pin` says a PIN, where one is set (403, `pin_needed`).",
        operation_id="own_record",
        audit="the user's own, by a signature",
        tags=["app"],
        security=APP,
        responses={200: said(RecordAnswer, "As it is kept."), **SIGNED},
    )
    async def read(request: AnyRequest) -> Response[bytes]:
        own = signer(web, request)
        whole = await shows(request, own)
        return told(request, await kept_of(own.person) if whole else await seeming(own.person))

    @put(
        "/v1/me/record",
        guards=[web.senders.guard],
        dto=Strict[PersonRecord],
        return_dto=None,
        summary="Keep the person's own record, in place of the one that is there",
        description='`If-Match: "3"` names the version that was read, `"0"` where there was none; `SW-Pin` '
        "says a PIN, where one is set.",
        operation_id="keep_own_record",
        audit=Action.CHANGE_PERSON,
        tags=["app"],
        security=APP,
        responses={**CHANGED, **SIGNED},
    )
    async def keep(request: AnyRequest, data: JSONBody[PersonRecord]) -> Response[bytes]:
        own, version = signer(web, request), expected(request)
        if await shows(request, own):
            kept = await written(web.writing, own.person, data, version, by=BY_APP, region=region)
        else:
            kept = await seemingly(own.person, data, version)
        await web.audit.note(request, (own.person,), detail="record", actor=BY_APP)
        return told(request, kept)

    async def seemingly(user: UserId, record: PersonRecord, version: int) -> Kept:
        """What would be answered if it were kept. Raises as `written`."""
        real, before = await kept_of(user), await seeming(user)
        if before.version != version:
            raise Changed("the record was changed meanwhile: read it again")
        try:
            record = records.normalised(record, region)
            await asyncio.to_thread(
                web.journal.at_one_moment, lambda one: records.check_pictures(one, user, record)
            )
        except NumberRefused as error:
            raise BadBody(str(error), "$.contacts") from error
        except PictureMissing as error:
            raise BadBody(str(error), "$") from error
        if record == before.record:
            return before
        kept = Kept(record=record, version=version + 1, changed_at=web.clock.now_us())
        pretended[user] = real.version, kept
        return kept

    @post(
        "/v1/me/record/pictures",
        guards=[web.senders.guard],
        status_code=201,
        request_max_body_size=BODY_MAX,
        summary="Send a picture for the person's own record",
        description=A_PICTURE,
        operation_id="add_own_picture",
        audit=Action.CHANGE_PERSON,
        tags=["app"],
        security=APP,
        responses={**PICTURE_ADDED, **SIGNED},
    )
    async def add(request: AnyRequest) -> Response[bytes]:
        own = signer(web, request)
        made = await picture_kept(web.writing, own.person, await request.body())
        await web.audit.note(request, (own.person,), detail="picture", actor=BY_APP)
        return answer(request, made, 201)

    @get(
        "/v1/me/record/pictures/{picture:str}",
        guards=[web.senders.guard],
        summary="A picture of the person's own record",
        operation_id="own_picture",
        audit="the user's own, by a signature",
        tags=["app"],
        security=APP,
        responses=SIGNED,
    )
    async def picture(request: AnyRequest, picture: FromPath[str]) -> Response[bytes]:
        own = signer(web, request)
        whole = await shows(request, own)
        if not whole and picture not in (await seeming(own.person)).record.pictures:
            return shown(None)
        found = await asyncio.to_thread(
            web.journal.at_one_moment, lambda one: records.picture(one, own.person, picture)
        )
        return shown(found)

    return [read, keep, add, picture]
