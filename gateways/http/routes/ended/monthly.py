"""How long the intake was away, month by month, and a month's report as a PDF or a table."""

from __future__ import annotations

import asyncio
from datetime import date
from typing import Annotated, Final, Literal

import msgspec
from litestar import Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, QueryParameter

from gateways.console.ended.monthly import MonthAway, Monthly, month_of
from gateways.http.parts.context import Web
from gateways.http.wire.answers import OPERATORS, AnyRequest, Problem, answer, no_store, said
from gateways.http.wire.errors import RequestError
from model.reporting.month import Report
from store.registry.people import StaffRole

_TYPES: Final = {"pdf": "application/pdf", "csv": "text/csv; charset=utf-8; header=present"}
Language = Annotated[Literal["it", "en"], QueryParameter(description="Of the PDF.")]


class AvailabilityView(msgspec.Struct, frozen=True, kw_only=True):
    """Of the intake, as watchers have found it from outside."""

    months: list[MonthAway]
    """This month and a year before it, the newest first."""


def monthly_routes(web: Web, monthly: Monthly) -> list[HTTPRouteHandler]:
    """The routes."""

    @get(
        "/v1/availability",
        guards=[web.auth.require_role(StaffRole.SUPERVISOR)],
        summary="How long the intake was away, month by month",
        operation_id="availability",
        audit="figures of the center, of nobody",
        tags=["operator"],
        security=OPERATORS,
        responses={200: said(AvailabilityView, "As watchers say.")},
    )
    async def availability(request: AnyRequest) -> Response[bytes]:
        found = await asyncio.to_thread(monthly.availability)
        return no_store(answer(request, AvailabilityView(months=found)))

    @get(
        "/v1/reports/{month:str}/{form:str}",
        guards=[web.auth.require_role(StaffRole.SUPERVISOR)],
        summary="What a month was like",
        description="`month` as `2026-11`, `form` is `json`, `csv` or `pdf`. Nobody is named.",
        operation_id="report",
        audit="figures of the center, of nobody",
        tags=["operator"],
        security=OPERATORS,
        responses={200: said(Report, "As JSON."), 400: said(Problem, "No month, no such form.")},
    )
    async def report(
        request: AnyRequest, month: FromPath[str], form: FromPath[str], language: Language = "en"
    ) -> Response[bytes]:
        asked = _checked(month, form)
        found = await asyncio.to_thread(monthly.report, asked)
        if form == "json":
            return no_store(answer(request, found))
        giving = web.giving
        if giving is None:
            raise RequestError("nothing is handed out here")
        made = await asyncio.to_thread(giving.report, found, form, language)
        response = Response(made, media_type=_TYPES[form])
        response.headers["content-disposition"] = f'attachment; filename="securwoman-{found.month}.{form}"'
        return no_store(response)

    return [availability, report]


def _checked(month: str, form: str) -> date:
    try:
        asked = month_of(month)
    except ValueError:
        raise RequestError("no month: as 2026-11", "month") from None
    if form != "json" and form not in _TYPES:
        raise RequestError("no such form: json, csv or pdf", "form")
    return asked
