"""What the page of the first run asks and is told."""

from __future__ import annotations

from typing import Annotated, Final

import msgspec

from gateways.http.routes.staff.drill import DrillView
from gateways.http.wire.answers import Moment, rfc3339
from messages.ids import E164, OperatorId
from model.first_run import Measured, Need, Row, Trust, missing

NOTE_MAX: Final = 300


class NeedRow(msgspec.Struct, frozen=True, kw_only=True):
    """How it stands with one need. `by_person`: no measurement tells, a person confirms it; `by`, `at` and
    `note` are that person's.
    """

    need: Need
    done: bool
    by_person: bool
    by: OperatorId | None = None
    at: Moment | None = None
    note: str = ""


class TrustView(msgspec.Struct, frozen=True, kw_only=True):
    """By what devices know the center. `picture`: a QR code of `address`, which hands out the authority."""

    kind: Trust
    names: tuple[str, ...]
    until: str
    fingerprint: str
    address: str = ""
    picture: tuple[str, ...] = ()


class StartView(msgspec.Struct, frozen=True, kw_only=True):
    """All needs in their order, and what was counted. `phone`: the number of who asks; `test`: the last test
    alert that was begun at a console.
    """

    needs: list[NeedRow]
    missing: int
    simulated: bool
    public_lines: int
    emergency_lines: int
    operators: int
    trust: TrustView
    phone: E164
    test: DrillView


class Confirmation(msgspec.Struct, frozen=True, kw_only=True):
    """That something is so, in a person's words."""

    note: Annotated[str, msgspec.Meta(max_length=NOTE_MAX)] = ""


def told_rows(rows: tuple[Row, ...]) -> list[NeedRow]:
    """The rows as the page has them."""
    return [
        NeedRow(need=row.need, done=row.done, by_person=row.by_person)
        if (said := row.confirmed) is None
        else NeedRow(
            need=row.need, done=row.done, by_person=True, by=said.by, at=rfc3339(said.at), note=said.note
        )
        for row in rows
    ]


def told(rows: tuple[Row, ...], found: Measured, trust: TrustView, phone: E164, test: DrillView) -> StartView:
    """All of it."""
    return StartView(
        needs=told_rows(rows),
        missing=missing(rows),
        simulated=found.machine.simulated,
        public_lines=found.public_lines,
        emergency_lines=found.emergency_lines,
        operators=found.operators,
        trust=trust,
        phone=phone,
        test=test,
    )
