"""The interpretation of unsolicited lines as Hints, by the dialect's patterns. Pure. Modems repeat their
lines (a call's row in every list, the signal), so the last few hundred readings are cached.
"""

from __future__ import annotations

from functools import lru_cache

import msgspec

from gateways.gsm.at import q850
from gateways.gsm.at.parse import (
    ClccRow,
    Direction,
    Stat,
    body_of,
    international_number,
    parse_clcc,
    parse_int,
)
from gateways.gsm.dialects.dialect import CompiledDialect, Urc
from gateways.gsm.dialects.hints import Hint, Sign
from gateways.gsm.numbers import e164


@lru_cache(maxsize=512)
def interpret(dialect: CompiledDialect, line: str, region: str) -> Hint | None:
    """Return the meaning of the line; None if the dialect has no pattern for the line. `region` (ISO 3166) is
    the region of national numbers."""
    found = dialect.find(line)
    if found is None:
        return None
    match, urc = found
    fields = match.groupdict()
    sign = urc.event or _sign_of_state(fields, urc)
    if sign is Sign.CLCC:
        return _row_hint(dialect, line, urc, region)
    reported_number = fields.get("number")
    raw = (
        reported_number
        if reported_number is not None
        else fields.get("value")
        if sign is Sign.CALLER_ID
        else None
    )
    number = known_number(raw or "", parse_int(fields.get("type") or ""), region)
    direction = parse_int(fields.get("direction") or "")
    cause = fields.get("cause")
    own_cause = q850.valid_cause(parse_int(cause)) if cause else None
    return Hint(
        sign=sign,
        kind=urc.pattern,
        index=parse_int(fields.get("id") or ""),
        direction=Direction(direction) if direction in (0, 1) else _direction_of(sign),
        number=number,
        withheld=raw is not None and not number and sign in (Sign.CALLER_ID, Sign.WAITING, Sign.INCOMING),
        cause=own_cause or urc.cause or urc.cause_if_unknown,
        certain_cause=own_cause is not None or urc.cause is not None,
        value=fields.get("value") or "",
        text=line,
    )


class CallListing(msgspec.Struct, frozen=True):
    """The content of an answer of +CLCC."""

    rows: tuple[ClccRow, ...]
    """Rows without phantoms; of two rows with one index the later."""
    conference: bool
    """True if one row stood for all members of a conference."""
    damaged: bool
    """True if a row could not be read: its call is unknown."""


def parse_call_list(dialect: CompiledDialect, lines: tuple[str, ...], region: str) -> CallListing:
    """Return the calls in an answer of +CLCC."""
    rows: dict[int, ClccRow] = {}
    conference = damaged = False
    for line in lines:
        body = body_of(line)
        if dialect.is_conference(body):
            conference = True
        elif dialect.is_phantom(body):
            continue
        elif (row := _row(line, region)) is not None:
            rows[row.index] = row
        else:
            damaged = True
    return CallListing(tuple(rows.values()), conference, damaged)


def known_number(number: str, number_type: int | None, region: str) -> str:
    """Return the number as E.164 if possible, otherwise the digits as sent; empty without a number."""
    spelled = international_number(number, number_type)
    return e164(spelled, region) or spelled


@lru_cache(maxsize=512)
def _row(line: str, region: str) -> ClccRow | None:
    row = parse_clcc(line)
    if row is None or not row.number:
        return row
    return ClccRow(
        index=row.index,
        direction=row.direction,
        stat=row.stat,
        mode=row.mode,
        multiparty=row.multiparty,
        number=e164(row.number, region) or row.number,
        number_type=row.number_type,
        alpha=row.alpha,
    )


def _row_hint(dialect: CompiledDialect, line: str, urc: Urc, region: str) -> Hint:
    body = body_of(line)
    row = None if dialect.is_phantom(body) or dialect.is_conference(body) else _row(line, region)
    if row is None:
        return Hint(sign=Sign.HINT, kind=urc.pattern, text=line)
    if row.stat is Stat.RELEASED:
        return Hint(
            sign=Sign.RELEASED,
            kind=urc.pattern + "#6",
            index=row.index,
            direction=row.direction,
            number=row.number,
            row=row,
            text=line,
        )
    return Hint(
        sign=Sign.CLCC,
        kind=urc.pattern,
        index=row.index,
        direction=row.direction,
        number=row.number,
        row=row,
        text=line,
    )


def _sign_of_state(fields: dict[str, str | None], urc: Urc) -> Sign:
    stat = fields.get("stat") or ""
    direction = fields.get("direction")
    if direction is not None and (sign := urc.states.get(f"{direction}/{stat}")) is not None:
        return sign
    return urc.states.get(stat, Sign.HINT)


def _direction_of(sign: Sign) -> Direction | None:
    match sign:
        case Sign.RING | Sign.CALLER_ID | Sign.INCOMING | Sign.WAITING | Sign.MISSED:
            return Direction.IN
        case Sign.DIALING | Sign.RINGING:
            return Direction.OUT
        case _:
            return None
