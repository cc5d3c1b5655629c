"""A test call on a line of this node: ordered, shown while it goes, ended. The LineTester makes it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

from litestar import Response, delete, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, JSONBody
from msgspec.structs import replace

from gateways.http.door.auth import OPERATOR
from gateways.http.door.budgets import Budgets, Kind, Scope
from gateways.http.parts.context import Web
from gateways.http.routes.admin.lines.answers import NewTrial, TrialAnswer
from gateways.http.routes.admin.lines.listing import COMMON, PATH, line_called, supervisors
from gateways.http.routes.admin.lines.may_try import number_to_call, ready, seize
from gateways.http.routes.admin.refusing import NotDone, Why
from gateways.http.wire.answers import AnyRequest, Problem, answer, no_store, said
from gateways.http.wire.decoding import Strict
from gateways.http.wire.errors import BadBody, TooMany
from messages.calls import CallState
from messages.ids import E164
from messages.trials import LineTrial, TrialOrder
from model.policy import LineSpec
from runtime.published import line_trials
from store.audit.entry import Action


def trying_routes(web: Web, new_id: Callable[[], str]) -> list[HTTPRouteHandler]:
    """The routes. `new_id`: of a test call."""
    run = Path(web.settings.state) / "run"
    budgets = Budgets()
    one_at_a_time = asyncio.Lock()
    """Of two at once the second would take the first one's order away, and leave its line to nobody."""
    common: dict[int, Any] = {**COMMON, 404: said(Problem, "No such line.")}

    def own(name: str) -> LineSpec:
        spec, node = line_called(web, name)
        if node != web.nodes.node:
            raise NotDone("another node has this line: try it at that one's console", Why.LINE_ELSEWHERE)
        return spec

    def whom(spec: LineSpec, to: str) -> tuple[E164, LineSpec | None]:
        """The number that is called, and the line of this node whose it is. Raises BadBody."""
        lines = [one for one in web.settings.lines if one.line != spec.line]
        other = next((one for one in lines if one.line.lower() == to.strip().lower()), None)
        if other is None:
            number = number_to_call(web, to)
            other = next((one for one in lines if one.number == number), None)
            if other is None:
                return number, None
        if other.number is None or spec.number is None:
            raise BadBody("one of the lines has no number in the settings", "$.to", Why.NO_NUMBER)
        return other.number, other

    @post(
        f"{PATH}/{{line:str}}/trial",
        dto=Strict[NewTrial],
        return_dto=None,
        status_code=202,
        summary="Call a number, or another line, to try a line",
        description="Never a number of 112's, never on a line in use, and while an alert is open never "
        "on one of the last that are free. Ends by itself after a minute, or once an alert needs the line.",
        operation_id="admin_try_line",
        audit=Action.CHANGE_LINE,
        responses={
            202: said(TrialAnswer, "Ordered."),
            **common,
            400: said(Problem, "`$.to` cannot be called; `code` says why."),
            409: said(Problem, "Not as things are now; `code` says why."),
            429: said(Problem, "Too many numbers in an hour; `Retry-After` in seconds."),
        },
        **supervisors(web),
    )
    async def begin(request: AnyRequest, line: FromPath[str], data: JSONBody[NewTrial]) -> Response[bytes]:
        spec, by = own(line), request.state[OPERATOR]
        number, other = whom(spec, data.to)
        ends = (spec,) if other is None else (spec, other)
        for one in ends:
            ready(web, one)
        if other is None and (wait_s := budgets.wait_s(Kind.TRIAL, {Scope.OPERATOR: by}, web.clock.now_us())):
            raise TooMany("you have called as many numbers to try lines as an hour allows", wait_s)
        wanted = TrialOrder(
            trial=new_id(),
            line=spec.line,
            number=number,
            other=None if other is None else other.line,
            caller=None if other is None else spec.number,
            by=by,
            begun_at=web.clock.now_us(),
        )
        async with one_at_a_time:
            if line_trials.order_of(run, spec.line) is not None:
                raise NotDone("a test call is on it", Why.LINE_IN_USE)
            await asyncio.to_thread(line_trials.order, run, wanted)
            try:
                await web.writing.run(lambda tx: seize(web, tx, ends, wanted, by))
            except BaseException:
                line_trials.forget(run, spec.line)
                raise
        # With the number: the call is on the center's account, and who was called stands nowhere else.
        detail = f"test call on line {spec.line} to {number if other is None else f'line {other.line}'}"
        await web.audit.note(request, detail=detail)
        begun = LineTrial(
            trial=wanted.trial,
            line=wanted.line,
            other=wanted.other,
            by=by,
            begun_at=wanted.begun_at,
            state=CallState.DIALLING,
        )
        return no_store(answer(request, TrialAnswer(trial=begun, now_us=web.clock.now_us()), 202))

    @get(
        f"{PATH}/{{line:str}}/trial",
        summary="How the last test call of a line goes, or went",
        description="Null where there was none since the node was started.",
        operation_id="admin_line_trial",
        audit="levels of a test call, nobody's data",
        responses={200: said(TrialAnswer, "As it is now."), **common},
        **supervisors(web),
    )
    async def show(request: AnyRequest, line: FromPath[str]) -> Response[bytes]:
        spec = own(line)
        found = await asyncio.to_thread(line_trials.trial_of, run, spec.line)
        return no_store(answer(request, TrialAnswer(trial=found, now_us=web.clock.now_us())))

    @delete(
        f"{PATH}/{{line:str}}/trial",
        status_code=204,
        summary="End a line's test call",
        operation_id="admin_end_line_trial",
        audit=Action.CHANGE_LINE,
        responses=common,
        **supervisors(web),
    )
    async def stop(request: AnyRequest, line: FromPath[str]) -> Response[None]:
        spec = own(line)
        wanted = line_trials.order_of(run, spec.line)
        if wanted is not None:
            await asyncio.to_thread(line_trials.order, run, replace(wanted, stop=True))
        await web.audit.note(request, detail=f"test call on line {spec.line} ended")
        return Response(None, status_code=204)

    return [begin, show, stop]
