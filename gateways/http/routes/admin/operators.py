"""/v1/admin/operators, for admins: who answers alerts, what each may, and by what each comes in."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any, Final

from litestar import Response, delete, get, patch, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, JSONBody

from gateways.http.door.auth import OPERATOR
from gateways.http.parts.context import Web
from gateways.http.routes.admin.answers import (
    NewOperator,
    OperatorAdded,
    OperatorChange,
    OperatorRow,
    OperatorsView,
    SessionsEnded,
    SignOnLink,
    told_link,
    told_operator,
)
from gateways.http.routes.admin.listing import COMMON, UNCHANGED, for_admins, listed
from gateways.http.routes.admin.refusing import NotDone, Why, refusing
from gateways.http.routes.sign_on import is_on_an_alert
from gateways.http.wire.answers import AnyRequest, Problem, answer, no_store, said
from gateways.http.wire.decoding import Strict
from messages.ids import OperatorId
from store.audit.entry import Action
from store.journal.journal import Transaction
from store.registry.people import Operator
from store.registry.registry import Registry
from store.registry.staff import drop, revoke
from store.registry.staff_changes import change, keep_an_admin

PATH: Final = "/v1/admin/operators"


def operators_routes(web: Web, registry: Registry) -> list[HTTPRouteHandler]:
    """The routes."""
    admins = for_admins(web)
    one: dict[int, Any] = {
        **COMMON,
        404: said(Problem, "No such operator."),
        409: said(Problem, "Not as things are now; `code` says why."),
    }
    region = web.settings.policy.region

    def free(tx: Transaction, operator: OperatorId) -> None:
        """Raises NotDone where the console would end in the middle of a call."""
        if is_on_an_alert(tx, operator):
            raise NotDone("on an alert: wait until it has ended", Why.ON_AN_ALERT)

    def by_another_admin(request: AnyRequest, operator: OperatorId) -> OperatorId:
        """Who asks. Raises NotDone where that is the operator."""
        by: OperatorId = request.state[OPERATOR]
        if by == operator:
            raise NotDone("this is you: another admin can do it", Why.YOURSELF)
        return by

    def row(operator: Operator) -> OperatorRow:
        mine = [found for found in registry.sessions(web.clock.now_us()) if found.operator == operator.id]
        return told_operator(operator, len({found.id for found in mine}))

    @get(
        PATH,
        summary="All operators",
        description=UNCHANGED,
        operation_id="admin_operators",
        audit=Action.READ_STAFF,
        responses={200: said(OperatorsView, "As the registry says."), **COMMON},
        **admins,
    )
    async def show(request: AnyRequest) -> Response[bytes]:
        def found() -> OperatorsView:
            standing = {one.id: one.operator for one in registry.sessions(web.clock.now_us())}
            counted = Counter(standing.values())
            return OperatorsView(
                operators=[told_operator(one, counted[one.id]) for one in registry.operators()]
            )

        view = await asyncio.to_thread(found)
        return await listed(web, request, view, (one.id for one in view.operators))

    @post(
        PATH,
        dto=Strict[NewOperator],
        return_dto=None,
        status_code=201,
        summary="Add an operator",
        description="With a link that signs the operator on once, within a day, to a password or passkey.",
        operation_id="admin_add_operator",
        audit=Action.CHANGE_STAFF,
        responses={201: said(OperatorAdded, "Added."), 400: said(Problem, "Not understood."), **COMMON},
        **admins,
    )
    async def add(request: AnyRequest, data: JSONBody[NewOperator]) -> Response[bytes]:
        by: OperatorId = request.state[OPERATOR]

        def work() -> tuple[Operator, str, Any]:
            made = registry.add_operator(
                " ".join(data.name.split()),
                data.phone,
                language=data.language,
                role=data.role,
                on_call=data.on_call,
                by=by,
            )
            return made, *registry.recover(made.id, by=by)

        with refusing():
            made, code, until = await asyncio.to_thread(work)
        await web.audit.note(request, (made.id,), detail=f"added as {made.role}, with a sign-on link")
        told = OperatorAdded(operator=told_operator(made, 0), link=told_link(made.id, code, until))
        return no_store(answer(request, told, 201))

    @patch(
        f"{PATH}/{{operator:str}}",
        dto=Strict[OperatorChange],
        return_dto=None,
        summary="Change an operator",
        description="Only where each field still holds what `was` says (or is already as wanted); else 409 "
        "`changed_meanwhile` with the field in `path` and its value in `is_now`. Another role ends the "
        "operator's sessions; one's own role is another admin's to change.",
        operation_id="admin_change_operator",
        audit=Action.CHANGE_STAFF,
        responses={200: said(OperatorRow, "Changed."), 400: said(Problem, "Not understood."), **one},
        **admins,
    )
    async def alter(
        request: AnyRequest, operator: FromPath[str], data: JSONBody[OperatorChange]
    ) -> Response[bytes]:
        who = OperatorId(operator)
        new_role = "role" in data.now.said() and data.now.role != data.was.role
        by = by_another_admin(request, who) if new_role else request.state[OPERATOR]

        def work(tx: Transaction) -> tuple[Operator, tuple[str, ...]]:
            if new_role:
                free(tx, who)
            return change(tx, who, data.was, data.now, by=by, region=region)

        with refusing("$.now"):
            made, changed = await web.writing.run(work)
        detail = ", ".join(f"role {made.role}" if name == "role" else name for name in changed)
        await web.audit.note(request, (who,), detail=detail or "nothing: it was so already")
        return no_store(answer(request, await asyncio.to_thread(row, made)))

    @delete(
        f"{PATH}/{{operator:str}}",
        status_code=204,
        summary="Remove an operator",
        description="With all that signs on, the sessions and the shift. The journal goes on naming the id.",
        operation_id="admin_remove_operator",
        audit=Action.CHANGE_STAFF,
        responses=one,
        **admins,
    )
    async def remove(request: AnyRequest, operator: FromPath[str]) -> Response[None]:
        who = OperatorId(operator)
        by = by_another_admin(request, who)

        def work(tx: Transaction) -> None:
            keep_an_admin(tx, but=who)
            free(tx, who)
            drop(tx, who, by=by)

        with refusing():
            await web.writing.run(work)
        await web.audit.note(request, (who,), detail="removed")
        return Response(None, status_code=204)

    @post(
        f"{PATH}/{{operator:str}}/link",
        status_code=200,
        summary="A link that signs the operator on once",
        description="Within a day, to a new password or passkey. One before opens nothing any more.",
        operation_id="admin_sign_on_link",
        audit=Action.CHANGE_KEY,
        responses={200: said(SignOnLink, "Told once."), **one},
        **admins,
    )
    async def link(request: AnyRequest, operator: FromPath[str]) -> Response[bytes]:
        who, by = OperatorId(operator), request.state[OPERATOR]
        with refusing():
            code, until = await asyncio.to_thread(lambda: registry.recover(who, by=by))
        await web.audit.note(request, (who,), detail="sign-on link")
        return no_store(answer(request, told_link(who, code, until)))

    @delete(
        f"{PATH}/{{operator:str}}/sessions",
        status_code=200,
        summary="End an operator's sessions, token and sign-on link",
        description="At all nodes, within a second. Password and passkeys go on signing on.",
        operation_id="admin_end_sessions",
        audit=Action.CHANGE_KEY,
        responses={200: said(SessionsEnded, "Ended."), **one},
        **admins,
    )
    async def end(request: AnyRequest, operator: FromPath[str]) -> Response[bytes]:
        who = OperatorId(operator)
        by = by_another_admin(request, who)

        def work(tx: Transaction) -> int:
            free(tx, who)
            return revoke(tx, who, by=by)

        with refusing():
            ended = await web.writing.run(work)
        await web.audit.note(request, (who,), detail="token, link and sessions ended")
        return no_store(answer(request, SessionsEnded(ended=ended)))

    return [show, add, alter, remove, link, end]
