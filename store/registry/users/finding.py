"""Search of persons by parts of a name or number, in any spelling: without accents, words in any order.

The search scans one text column that holds names and numbers in that form. At 20,000 persons it takes some
milliseconds in either database, and needs no index that a change of a person would have to update.
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
"""Maximum of separate words; the last one holds the rest of the text."""
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
            # As in `model.rules.phones_that_check`: two intervals, and a day because no hour is known.
            _k.checked_us <= bindparam("now") - (2 * cast(_k.check_days, BigInteger) + 1) * DAY_US,
        )
    ),
    names=("now",),
)


class MatchingUsers(msgspec.Struct, frozen=True, kw_only=True):
    """Page of the matching persons, by name; `count`: number of all matches."""

    ids: tuple[UserId, ...]
    count: int


def find_users(connection: Connection, text: str, *, most: int, past: int = 0) -> MatchingUsers:
    """Return the persons that match `text`: parts of names or numbers, a whole device or id; empty: all."""
    text = text.strip()
    rows = (
        connection.all(_FITTING, *_patterns(text), text, most, past)
        if text
        else connection.all(_ALL, most, past)
    )
    # Beyond the last page no row holds the total.
    return MatchingUsers(ids=tuple(UserId(row[0]) for row in rows), count=int(rows[0][1]) if rows else 0)


def find_silent(connection: Connection, now_us: Instant, *, most: int, past: int = 0) -> MatchingUsers:
    """Return the persons with a phone that has missed two of its automatic checks."""
    rows = connection.all(_SILENT, now_us, most, past)
    return MatchingUsers(ids=tuple(UserId(row[0]) for row in rows), count=int(rows[0][1]) if rows else 0)


def search_text(first_name: str, last_name: str, phones: Sequence[str]) -> str:
    """Return the text by which a person is found."""
    return " ".join((folded(f"{first_name} {last_name}"), *phones))


def folded(text: str) -> str:
    """Return the text without accents, capitals and repeated spaces."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(one for one in apart if not unicodedata.combining(one)).split())


def _patterns(text: str) -> list[str]:
    """Return patterns for LIKE, one per word; a number written with spaces is one word."""
    digits = _BETWEEN.sub("", text)
    if _NUMBER.fullmatch(digits):
        words = [f"+{digits[2:]}" if digits.startswith("00") else digits]
    else:
        words = folded(text).split(maxsplit=WORDS_MAX - 1)
    patterns = [f"%{_OWN_SIGNS.sub(_ESCAPED, one)}%" for one in words]
    return patterns + ["%"] * (WORDS_MAX - len(patterns))
