"""Persons by a part of a name or number: as people write it, without accents, words in any order.

One scan of one column of text, which holds what is searched for in that form: at 20,000 persons some
milliseconds, in either database, and no index that a change of a person would have to write.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Final

import msgspec
from sqlalchemy import BigInteger, ColumnElement, and_, bindparam, cast, func, or_, select

from messages.ids import Instant, UserId
from model.rules.phones_that_check import DAY_US
from store.database.dialect import Connection
from store.database.query import Query
from store.database.schema import device_key, person, person_device

WORDS_MAX: Final = 4
"""What comes after is looked for as it stands."""
_NUMBER: Final = re.compile(r"\+?\d{3,}")
_BETWEEN: Final = re.compile(r"[\s()./-]")
_OWN_SIGNS: Final = re.compile(r"[%_\\]")
_ESCAPED: Final = r"\\\g<0>"

_p = person.c
_WORDS: Final = tuple(f"word{place}" for place in range(WORDS_MAX))


def _page(*fits: ColumnElement[bool], names: tuple[str, ...] = ()) -> Query:
    found = select(_p.id, func.count().over()).where(*fits).order_by(_p.last_name, _p.first_name, _p.id)
    return Query(found.limit(bindparam("most")).offset(bindparam("past")), *names, "most", "past")


_ALL: Final = _page()
_FITTING: Final = _page(
    or_(
        and_(*(_p.found_by.like(bindparam(one), escape="\\") for one in _WORDS)),
        _p.id == bindparam("whole"),
        *(
            _p.id.in_(select(table.c.person).where(table.c.device == bindparam("whole")))
            for table in (person_device, device_key)
        ),
    ),
    names=(*_WORDS, "whole"),
)
_k = device_key.c
_SILENT: Final = _page(
    _p.id.in_(
        select(_k.person).where(
            _k.revoked_us.is_(None),
            _k.check_days > 0,
            # As `model.rules.phones_that_check` has it: two rounds, and the day of which no hour is known.
            _k.checked_us <= bindparam("now") - (2 * cast(_k.check_days, BigInteger) + 1) * DAY_US,
        )
    ),
    names=("now",),
)


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """Some of those who fit, by name; `count`: how many fit."""

    ids: tuple[UserId, ...]
    count: int


def find(connection: Connection, text: str, *, most: int, past: int = 0) -> Found:
    """Who fits: `text` is parts of names or of a number, or a whole device or id; empty takes everybody."""
    text = text.strip()
    rows = (
        connection.all(_FITTING, *_patterns(text), text, most, past)
        if text
        else connection.all(_ALL, most, past)
    )
    # Beyond the last page there is no row that could say how many there are.
    return Found(ids=tuple(UserId(row[0]) for row in rows), count=int(rows[0][1]) if rows else 0)


def find_silent(connection: Connection, now_us: Instant, *, most: int, past: int = 0) -> Found:
    """Who has a phone that has missed two of the checks that it makes by itself."""
    rows = connection.all(_SILENT, now_us, most, past)
    return Found(ids=tuple(UserId(row[0]) for row in rows), count=int(rows[0][1]) if rows else 0)


def found_by(first_name: str, last_name: str, phones: Sequence[str]) -> str:
    """What a person is searched for by."""
    return " ".join((folded(f"{first_name} {last_name}"), *phones))


def folded(text: str) -> str:
    """Without accents, capitals and doubled spaces."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(one for one in apart if not unicodedata.combining(one)).split())


def _patterns(text: str) -> list[str]:
    """For LIKE, one for each word; a number that is written with spaces is one."""
    digits = _BETWEEN.sub("", text)
    if _NUMBER.fullmatch(digits):
        words = [f"+{digits[2:]}" if digits.startswith("00") else digits]
    else:
        words = folded(text).split(maxsplit=WORDS_MAX - 1)
    patterns = [f"%{_OWN_SIGNS.sub(_ESCAPED, one)}%" for one in words]
    return patterns + ["%"] * (WORDS_MAX - len(patterns))
