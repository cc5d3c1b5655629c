"""Figures for supervisors as JSON and as CSV (RFC 4180), availability by month, and reports of a month."""

from __future__ import annotations

import asyncio
import csv
import io
from collections.abc import Iterable
from datetime import date
from typing import Annotated, Final, Literal

import msgspec
from litestar import Response
from litestar.params import QueryParameter

from application.version import version
from features.reviews.history_routes import FILTERED, Days, Wanted
from features.reviews.month import Report
from features.reviews.monthly import MonthAvailability, Monthly, month_of
from gateways.console.people import People
from gateways.http.parts.context import Web, once
from gateways.http.routing.permissions import SUPERVISOR
from gateways.http.routing.route import GET, Answer, route
from gateways.http.wire.answers import derived, no_store, rfc3339
from gateways.http.wire.errors import RequestError
from messages.ids import SECOND, AlertId, Assurance, Channel, Instant, OperatorId, Outcome
from model.figures import WITHIN_S, AlertRow, AlertStatistics
from store.audit.entry import EVERYBODY, Action

OF_NOBODY: Final = "figures of the center, of nobody"
_TYPES: Final = {"pdf": "application/pdf", "csv": "text/csv; charset=utf-8; header=present"}
Language = Annotated[Literal["it", "en"], QueryParameter(description="Of the PDF.")]
LATEST: Final = 20
COLUMNS: Final = (
    "alert",
    "received_at",
    "channel",
    "test",
    "outcome",
    "closed_at",
    "to_operator_s",
    "to_ringing_s",
    "to_answer_s",
    "psap_requested_at",
    "to_psap_s",
    "reached_at",
    "deadline_missed",
    "silent",
    "wrong_pins",
    "proof",
    "closed_as",
    "operator",
    "lines",
)
DaysAsked = Annotated[Literal["1", "7", "30"], QueryParameter(description="Today and the days before it.")]


class Targets(msgspec.Struct, frozen=True, kw_only=True):
    """Targets for the shares within 10, 20 and 50 s; null if no target is set."""

    operator: tuple[float | None, ...] = (None, 0.95, 1.0)
    """An emergency call is answered in 20 s in 95 of 100 (NENA-STA-020)."""
    ringing: tuple[float | None, ...] = (0.5, 0.95, 1.0)
    """The center's own target."""
    psap: tuple[float | None, ...] = (None, 0.95, None)
    """Same target as for an operator: 112 is such a service itself."""


class AlertFigures(msgspec.Struct, frozen=True, kw_only=True):
    """An alert of the list. Seconds; `to_psap_s` counts from the request."""

    alert: AlertId
    seq: int
    received_us: Instant
    channel: Channel
    test: bool
    name: str
    """First name; empty if unknown."""
    operator: OperatorId | None
    to_operator_s: float | None
    to_ringing_s: float | None
    to_psap_s: float | None
    missed: bool
    closed_us: Instant | None
    outcome: Outcome | None
    silent: bool = False
    wrong_pins: int = 0
    proof: Assurance = Assurance.APP


class FiguresView(msgspec.Struct, frozen=True, kw_only=True):
    """Figures of some days, and the newest real alerts of these days."""

    days: int
    now_us: Instant
    within_s: tuple[int, ...]
    targets: Targets
    figures: AlertStatistics
    latest: list[AlertFigures]


def alert_figures(row: AlertRow, people: People) -> AlertFigures:
    """Return the figures of one alert, with the user's first name."""
    person = people.person(row.user)
    return derived(
        AlertFigures,
        row,
        name="" if person is None else person.first_name,
        to_operator_s=_seconds(row.to_operator_us),
        to_ringing_s=_seconds(row.to_ringing_us),
        to_psap_s=_seconds(row.to_psap_us),
    )


def as_csv(rows: Iterable[AlertRow]) -> str:
    """Return the rows as CSV with a header: no user's name, no number, and operators by their ids."""
    text = io.StringIO(newline="")
    written = csv.writer(text)
    written.writerow(COLUMNS)
    for row in rows:
        answered = None if row.answered_us is None else max(0, row.answered_us - row.received_us)
        written.writerow(
            (
                row.alert,
                rfc3339(row.received_us),
                row.channel.value,
                _yes(row.test),
                "" if row.outcome is None else row.outcome.value,
                _moment(row.closed_us),
                _three(row.to_operator_us),
                _three(row.to_ringing_us),
                _three(answered),
                _moment(row.psap_requested_us),
                _three(row.to_psap_us),
                _moment(row.reached_us),
                _yes(row.missed),
                _yes(row.silent),
                row.wrong_pins,
                row.proof,
                "" if row.closed_as is None else row.closed_as.value,
                row.operator or "",
                " ".join(row.lines),
            )
        )
    return text.getvalue()


def _seconds(us: int | None) -> float | None:
    return None if us is None else us / SECOND


def _three(us: int | None) -> str:
    return "" if us is None else f"{us / SECOND:.3f}"


def _moment(at_us: Instant | None) -> str:
    return "" if at_us is None else rfc3339(at_us)


def _yes(value: bool) -> str:
    return "yes" if value else "no"


class AvailabilityView(msgspec.Struct, frozen=True, kw_only=True):
    """Availability of the intake, as measured by watchers from outside."""

    months: list[MonthAvailability]
    """This month and a year before, the newest first."""


@once
def _one_at_a_time(_: Web) -> asyncio.Lock:
    """Return the lock of these requests: waiting here occupies no thread needed for sign-ons or stories."""
    return asyncio.Lock()


@once
def _monthly(web: Web) -> Monthly:
    return Monthly(web.journal, web.tally, web.clock)


@route(
    GET,
    "/v1/figures",
    by=SUPERVISOR,
    audit=Action.READ_FIGURES,
    dependencies=FILTERED,
    refuses=((400, "No such time."),),
)
async def figures(web: Web, wanted: Wanted, period: Days, days: DaysAsked = "7") -> Answer[FiguresView]:
    """Return the figures of some days.

    Tests are left out. Distributions are in bars of 2 s. `from` and `to` take precedence over `days`.
    """
    asked = period or web.tally.last(int(days))
    async with _one_at_a_time(web):
        found, rows = await asyncio.to_thread(web.tally.figures, asked, wanted)
    latest = [row for row in rows if not row.test][:LATEST]
    view = FiguresView(
        days=asked.days,
        now_us=web.clock.now_us(),
        within_s=WITHIN_S,
        targets=Targets(),
        figures=found,
        latest=[alert_figures(row, web.people) for row in latest],
    )
    return Answer(view, [row.alert for row in latest], f"{asked.days} days")


@route(
    GET,
    "/v1/figures.csv",
    by=SUPERVISOR,
    audit=Action.EXPORT,
    dependencies=FILTERED,
    refuses=((400, "No such time."),),
)
async def figures_csv(
    web: Web, wanted: Wanted, period: Days, days: DaysAsked = "7"
) -> Answer[Response[bytes]]:
    """Return the figures as CSV, one row an alert.

    RFC 4180, newest first, tests included; no user's name, no telephone number.
    """
    asked = period or web.tally.last(int(days))
    async with _one_at_a_time(web):
        text = await asyncio.to_thread(lambda: as_csv(web.tally.rows(asked.around(wanted))))
    made = _download(text.encode(), "csv", f"securwoman-{asked.days}-days.csv")
    return Answer(made, (EVERYBODY,), f"figures of {asked.days} days")


@route(GET, "/v1/availability", by=SUPERVISOR, audit=OF_NOBODY, says="As watchers say.")
def availability(web: Web) -> AvailabilityView:
    """Return the time that the intake was away, by month."""
    return AvailabilityView(months=_monthly(web).availability())


@route(
    GET,
    "/v1/reports/{month}/{form}",
    by=SUPERVISOR,
    audit=OF_NOBODY,
    says="As JSON.",
    answers=Report,
    refuses=((400, "No month, no such form."),),
)
def report(web: Web, month: str, form: str, language: Language = "en") -> Report | Response[bytes]:
    """Return the report of a month.

    `month` as `2026-11`, `form` is `json`, `csv` or `pdf`. No person is named.
    """
    found = _monthly(web).report(_checked(month, form))
    if form == "json":
        return found
    from features.reviews.report_paper import as_csv, paper  # not imported at the start of the web

    content = paper(found, version(), language) if form == "pdf" else as_csv(found).encode()
    return _download(content, form, f"securwoman-{found.month}.{form}")


def _download(content: bytes, form: str, name: str) -> Response[bytes]:
    response = no_store(Response(content, media_type=_TYPES[form]))
    response.headers["content-disposition"] = f'attachment; filename="{name}"'
    return response


def _checked(month: str, form: str) -> date:
    try:
        asked = month_of(month)
    except ValueError:
        raise RequestError("`month` must be a month, such as 2026-11", "month") from None
    if form != "json" and form not in _TYPES:
        raise RequestError("`form` must be json, csv or pdf", "form")
    return asked
