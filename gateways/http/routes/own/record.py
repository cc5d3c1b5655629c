"""/v1/me/record: what the person enters of the record, by an enrolled phone.

Where the person has set a PIN the record is sealed to phones: it names who is dangerous, and the phone may be
in that very hand. A PIN opens it for writing, and no PIN for reading, so that nothing that is shown follows
from what the PIN is. With the right PIN what is written fills the record; with any other, seemingly.
"""

from __future__ import annotations

import asyncio
from typing import Final

from litestar import Response, get, post, put
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, JSONBody

from gateways.http.door.pins import evenly, guarded, tell_operators
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
from gateways.http.routes.devices import SIGNED, proves, signer
from gateways.http.wire.answers import AnyRequest, answer, header, said
from gateways.http.wire.decoding import Strict
from gateways.http.wire.errors import BadBody, Changed, NotAllowed
from model.record import EMPTY, PersonRecord
from model.rules.pins import PinVerdict
from store.audit.entry import Action
from store.errors import NumberRefused
from store.registry.devices import APP as BY_APP
from store.registry.devices import DeviceKey, Seeming
from store.registry.registry import Registry
from store.registry.users import records
from store.registry.users.records import Kept

PIN_NEEDED: Final = "pin_needed"


def own_record_routes(web: Web, registry: Registry) -> list[HTTPRouteHandler]:
    """The routes."""
    region = web.settings.policy.region

    async def is_sealed(own: DeviceKey) -> bool:
        """Whether the record is shown to no phone of the person."""
        if own.seeming is not Seeming.NOTHING:
            return True
        known = await asyncio.to_thread(registry.user, own.person)
        return known is not None and (known.has_cancel_pin or known.has_duress_pin)

    async def verdict_of(request: AnyRequest, own: DeviceKey) -> PinVerdict:
        """What the request's PIN is; the operators are told. Raises NotAllowed without one, TooMany."""
        pin = header(request, b"sw-pin")
        if pin is None:
            raise NotAllowed("say a PIN in `SW-Pin`", PIN_NEEDED)
        verdict = await guarded(web, own.person, pin, lambda: registry.check_pin(own.person, pin))
        await tell_operators(web, own.person, verdict, "at the record")
        return verdict

    def sealed(request: AnyRequest, record: PersonRecord) -> Response[bytes]:
        kept = Kept(record=record, version=0, changed_at=None)
        return told(request, kept, sealed=True)

    @get(
        "/v1/me/record",
        guards=[web.senders.guard],
        summary="The person's own record",
        description="`SW-Pin` says a PIN, where one is set (403, `pin_needed`). The record is `sealed` then: "
        "it looks empty to every phone, with every PIN.",
        operation_id="own_record",
        audit="the user's own, by a signature",
        tags=["app"],
        security=APP,
        responses={200: said(RecordAnswer, "As it is kept, or sealed."), **SIGNED},
    )
    async def read(request: AnyRequest) -> Response[bytes]:
        own = signer(web, request)
        if await is_sealed(own):
            await evenly(verdict_of(request, own))
            return sealed(request, EMPTY)
        kept = await asyncio.to_thread(web.journal.at_one_moment, lambda one: records.read(one, own.person))
        return told(request, kept)

    @put(
        "/v1/me/record",
        guards=[web.senders.guard],
        dto=Strict[PersonRecord],
        return_dto=None,
        summary="Keep the person's own record, in place of the one that is there",
        description='`If-Match: "3"` names the version that was read, `"0"` where there was none; `SW-Pin` '
        "says a PIN, where one is set. Of a sealed record what is empty stays as it is. Every PIN is "
        "answered alike, and without the right one nothing is changed.",
        operation_id="keep_own_record",
        audit=Action.CHANGE_PERSON,
        tags=["app"],
        security=APP,
        responses={**CHANGED, **SIGNED},
    )
    async def keep(request: AnyRequest, data: JSONBody[PersonRecord]) -> Response[bytes]:
        own, version = signer(web, request), expected(request)
        if await is_sealed(own):
            return await evenly(filled(request, own, data, version))
        kept = await written(web.writing, own.person, data, version, by=BY_APP, region=region)
        await web.audit.note(request, (own.person,), detail="record", actor=BY_APP)
        return told(request, kept)

    async def filled(
        request: AnyRequest, own: DeviceKey, record: PersonRecord, version: int
    ) -> Response[bytes]:
        if version != 0:
            raise Changed("the record was changed meanwhile: read it again")
        try:
            record = records.normalised(record, region)
        except NumberRefused as error:
            raise BadBody(str(error), "$.contacts", "not_a_number") from error
        if proves(own, await verdict_of(request, own)):
            await web.writing.run(lambda tx: records.fill(tx, own.person, record, by=BY_APP, region=region))
        await web.audit.note(request, (own.person,), detail="record", actor=BY_APP)
        return sealed(request, record)

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
        description="None of a sealed record.",
        operation_id="own_picture",
        audit="the user's own, by a signature",
        tags=["app"],
        security=APP,
        responses=SIGNED,
    )
    async def picture(request: AnyRequest, picture: FromPath[str]) -> Response[bytes]:
        own = signer(web, request)
        if await is_sealed(own):
            return shown(None)
        found = await asyncio.to_thread(
            web.journal.at_one_moment, lambda one: records.picture(one, own.person, picture)
        )
        return shown(found)

    return [read, keep, add, picture]
