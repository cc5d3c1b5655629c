"""/v1/admin/duty: the roster of those on duty. Supervisors read it, admins change it and try ways."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Final

from litestar import Response, get, post, put
from litestar.handlers import HTTPRouteHandler
from litestar.params import JSONBody
from msgspec.structs import replace

from gateways.http.door.auth import OPERATOR
from gateways.http.parts.context import Web
from gateways.http.routes.admin.duty.answers import (
    DutyChange,
    DutyOperator,
    DutyTest,
    DutyTestBegun,
    DutyView,
    meant,
    told,
)
from gateways.http.routes.admin.listing import COMMON, UNCHANGED, for_admins, listed
from gateways.http.routes.admin.refusing import NotDone, NotThere, Why
from gateways.http.wire.answers import OPERATORS, AnyRequest, Problem, answer, no_store, said
from gateways.http.wire.decoding import Strict
from gateways.http.wire.errors import BadBody
from messages.ids import DEMO_OPERATOR, Instant, OperatorId
from model.duty.flaws import Flaw, flaws, refused
from model.duty.roster import Roster, without_secrets
from model.duty.times import midnight_of
from store import duty
from store.audit.entry import Action
from store.callouts import ask_test
from store.journal.journal import Transaction
from store.registry.people import StaffRole
from store.registry.registry import Registry

PATH: Final = "/v1/admin/duty"


def duty_routes(web: Web, registry: Registry) -> list[HTTPRouteHandler]:
    """The routes."""
    admins = for_admins(web)
    policy = web.settings.policy
    tried = duty.TriedLately(web.journal)

    def look(asking: OperatorId) -> DutyView:
        now = web.clock.now_us()
        kept = duty.roster_of(web.journal)
        people = registry.operators()
        found = wrong(kept.roster, now)
        if not any(one.id == asking and one.role is StaffRole.ADMIN for one in people):
            kept = replace(kept, roster=without_secrets(kept.roster))
        staff = [
            DutyOperator(operator=one.id, name=one.name, phone=one.phone, language=one.language)
            for one in people
            if one.id != DEMO_OPERATOR
        ]
        return told(kept, now, midnight_of(kept.roster.zone, now), found, staff, tried.read())

    def wrong(roster: Roster, now: Instant) -> tuple[Flaw, ...]:
        return flaws(roster, now, policy, tuple(line.number for line in web.settings.lines if line.number))

    @get(
        PATH,
        summary="Who is on duty",
        description=f"The roster, who is called now and in the next 14 days, and what is wrong. {UNCHANGED}",
        operation_id="admin_duty",
        audit=Action.READ_STAFF,
        responses={200: said(DutyView, "As it is kept."), **COMMON},
        guards=[web.auth.require_role(StaffRole.SUPERVISOR)],
        tags=["admin"],
        security=OPERATORS,
    )
    async def show(request: AnyRequest) -> Response[bytes]:
        view = await asyncio.to_thread(look, OperatorId(request.state[OPERATOR]))
        return await listed(web, request, view, detail=f"roster {view.version}")

    @put(
        PATH,
        dto=Strict[DutyChange],
        return_dto=None,
        summary="Change who is on duty",
        description="The roster whole. 400 names what is wrong and where; 409 `changed_meanwhile` where "
        "another version than `was` is kept.",
        operation_id="admin_change_duty",
        audit=Action.CHANGE_STAFF,
        responses={
            200: said(DutyView, "Kept."),
            400: said(Problem, "Not understood, or with it somebody could not be reached."),
            409: said(Problem, "`changed_meanwhile`: read it again."),
            **COMMON,
        },
        **admins,
    )
    async def change(request: AnyRequest, data: JSONBody[DutyChange]) -> Response[bytes]:
        by = OperatorId(request.state[OPERATOR])
        roster = duty.normalised(meant(data.roster), policy.region)
        if bad := refused(wrong(roster, web.clock.now_us())):
            first = bad[0]
            raise BadBody(f"{first.kind}: {first.about}", f"$.roster.{first.path}", first.kind)
        try:
            kept = await web.writing.run(partial(duty.keep, roster=roster, was_version=data.was, by=by))
        except duty.RosterChanged as error:
            raise NotDone(str(error), Why.CHANGED_MEANWHILE, "$.was", is_now=str(error.version)) from error
        await web.audit.note(request, detail=f"roster {kept.version}")
        return no_store(answer(request, await asyncio.to_thread(look, OperatorId(request.state[OPERATOR]))))

    @post(
        f"{PATH}/test",
        dto=Strict[DutyTest],
        return_dto=None,
        status_code=202,
        summary="Try a person's ways",
        description="By each, or by `way` alone, the person is told that it is a test, and asked to take it.",
        operation_id="admin_test_duty",
        audit=Action.CHANGE_STAFF,
        responses={
            202: said(DutyTestBegun, "It is begun."),
            404: said(Problem, "Nobody of this id is on the roster."),
            503: said(Problem, "It could not be made durable."),
            **COMMON,
        },
        **admins,
    )
    async def test(request: AnyRequest, data: JSONBody[DutyTest]) -> Response[bytes]:
        by = OperatorId(request.state[OPERATOR])

        def work(tx: Transaction) -> str:
            if data.person not in {one.id for one in duty.roster_of(tx).roster.people}:
                raise NotThere("nobody of this id is on the roster")
            return ask_test(tx, data.person, by, data.way)

        callout = await web.writing.run(work)
        await web.audit.note(request, (data.person,), detail=f"test of ways: {callout}")
        return no_store(answer(request, DutyTestBegun(callout=callout), 202))

    return [show, change, test]
