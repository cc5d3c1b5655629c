"""Numbers that the center dials automatically as a user's, and reasons not to. Pure.

The app's key is in every phone: its holder can name any number, such as a premium number, a satellite phone,
an operator's phone, or a line of the center. An alert with a withheld number gets full service, but only an
operator's order dials the number; some numbers are never dialled. See docs/decisions/0049.
"""

from __future__ import annotations

import functools
from collections.abc import Collection
from enum import StrEnum
from typing import Final

import phonenumbers

from messages.ids import E164, SECOND, Instant
from model.rules.calls.psap import EMERGENCY_NUMBERS
from model.settings import Settings
from model.settings.alerts import DiallingSettings, NumberKind

HOUR_US: Final = Instant(3600 * SECOND)
AT_HOME: Final = 50
"""Factor for ranges of numbers at home, where such calls earn no one money."""
EEA: Final = frozenset((
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE",
    "IS", "IT", "LI", "LT", "LU", "LV", "MT", "NL", "NO", "PL", "PT", "RO", "SE", "SI", "SK",
))  # fmt: skip
_BESIDE: Final = {"IT": "VA", "NO": "SJ", "FI": "AX"}
"""Territories within another country's numbering plan, at that country's price."""

_MOBILE_OR_FIXED: Final = frozenset((NumberKind.MOBILE, NumberKind.FIXED))
_Type = phonenumbers.PhoneNumberType
_KINDS: Final[dict[int, frozenset[NumberKind]]] = {
    _Type.MOBILE: frozenset((NumberKind.MOBILE,)),
    _Type.FIXED_LINE: frozenset((NumberKind.FIXED,)),
    _Type.FIXED_LINE_OR_MOBILE: _MOBILE_OR_FIXED,
    _Type.VOIP: frozenset((NumberKind.VOIP,)),
    _Type.PERSONAL_NUMBER: frozenset((NumberKind.PERSONAL,)),
    _Type.PREMIUM_RATE: frozenset((NumberKind.PREMIUM,)),
    _Type.SHARED_COST: frozenset((NumberKind.SHARED_COST,)),
    _Type.TOLL_FREE: frozenset((NumberKind.TOLL_FREE,)),
    _Type.PAGER: frozenset((NumberKind.PAGER,)),
    _Type.UAN: frozenset((NumberKind.UAN,)),
    _Type.VOICEMAIL: frozenset((NumberKind.VOICEMAIL,)),
}
_UNKNOWN: Final = frozenset((NumberKind.UNKNOWN,))
_SHORTEST: Final = 3


class NoDialReason(StrEnum):
    """Reason why a number is not dialled automatically."""

    EMERGENCY = "emergency"
    PSAP = "psap"
    """Number called for 112, or in place of 112 in tests."""
    OWN_LINE = "own_line"
    OPERATOR = "operator"
    KIND = "kind"
    COUNTRY = "country"
    RANGE = "range"
    """The limit of numbers called within its range per hour is reached."""
    OUTRANKED = "outranked"
    """A proved alert of this number is open at the same time, and calls it."""


NEVER: Final = frozenset(
    (NoDialReason.EMERGENCY, NoDialReason.PSAP, NoDialReason.OWN_LINE, NoDialReason.OPERATOR)
)
"""Reasons for which a number is not called as a user's even on an order."""


class RecentlyDialled:
    """Numbers called as users' within the last hour, by ranges of numbers."""

    def __init__(self, region: str) -> None:
        """Create an empty record. `region`: the center's country, ISO 3166."""
        self._region = region
        self._ranges: dict[str, dict[E164, Instant]] = {}

    def add(self, number: E164, at_us: Instant) -> None:
        """Record a call to the number."""
        of_range = self._ranges.setdefault(range_of(number, self._region), {})
        of_range[number] = max(at_us, of_range.get(number, at_us))

    def others(self, number: E164, now_us: Instant) -> int:
        """Return how many other numbers of the range were called; 0 if this number was called before."""
        of_range = self._ranges.get(range_of(number, self._region), {})
        lately = {one for one, at_us in of_range.items() if now_us - at_us < HOUR_US}
        return 0 if number in lately else len(lately)

    def forget(self, now_us: Instant) -> None:
        """Remove calls older than an hour."""
        for name, of_range in list(self._ranges.items()):
            left = {one: at_us for one, at_us in of_range.items() if now_us - at_us < HOUR_US}
            if left:
                self._ranges[name] = left
            else:
                del self._ranges[name]


def why_not_dialled(
    number: E164, settings: Settings, *, own: Collection[E164], staff: Collection[E164], others: int
) -> NoDialReason | None:
    """Return why this number is not dialled automatically; None if it is.

    `own`: numbers of the center's lines; `staff`: operators' numbers; `others`: count from `Called.others`.
    """
    if number in own:
        return NoDialReason.OWN_LINE
    if number in staff or number in settings.operator.on_call:
        return NoDialReason.OPERATOR
    if (why := why_number_unfit(number, settings)) is not None:
        return why
    times = AT_HOME if is_at_home(number, settings.region) else 1
    return NoDialReason.RANGE if others >= settings.dialling.per_hour * times else None


def why_number_unfit(number: E164, settings: Settings) -> NoDialReason | None:
    """Return the reason that follows from the number alone; None if there is none."""
    if number == settings.psap.test_number or _is_called_for_112(number, settings):
        return NoDialReason.PSAP
    return _unfit(number, settings.dialling, settings.region)


def why_unfit_for_test(number: E164, settings: Settings) -> NoDialReason | None:
    """Return why a self-test must not call the number; None if allowed.

    The number for tests agreed with 112 is allowed for any country and kind, unless it is an emergency number
    or one called for 112.
    """
    if number != settings.psap.test_number or _is_called_for_112(number, settings):
        return why_number_unfit(number, settings)
    why = _unfit(number, settings.dialling, settings.region)
    return why if why is NoDialReason.EMERGENCY else None


def _is_called_for_112(number: E164, settings: Settings) -> bool:
    routes = (route.number for route in settings.psap.route)
    return number in (settings.psap.number, settings.psap.alternate, *routes)


@functools.lru_cache(maxsize=4096)
def _unfit(number: E164, dialling: DiallingSettings, region: str) -> NoDialReason | None:
    parsed = _parsed(number)
    if parsed is None:
        return NoDialReason.COUNTRY
    national = phonenumbers.national_significant_number(parsed)
    home = _plan_of(parsed)
    if national in EMERGENCY_NUMBERS or phonenumbers.is_emergency_number(national, home):
        return NoDialReason.EMERGENCY
    if country_of(number) not in countries(dialling, region):
        return NoDialReason.COUNTRY
    return None if kinds_of(number) & frozenset(dialling.kinds) else NoDialReason.KIND


def countries(dialling: DiallingSettings, region: str) -> frozenset[str]:
    """Return the countries that may be called, ISO 3166; the center's own is always included."""
    named = {region, *dialling.countries}
    if "EEA" in named:
        named |= EEA
    return frozenset(named | {_BESIDE[one] for one in named if one in _BESIDE})


def kinds_of(number: E164) -> frozenset[NumberKind]:
    """Return the possible kinds of the number according to the tables.

    A network connects as soon as a number is complete and ignores further digits: a number that begins with a
    premium number and is too long counts as premium.
    """
    parsed = _parsed(number)
    if parsed is None:
        return _UNKNOWN
    prefix = f"+{parsed.country_code}"
    national = phonenumbers.national_significant_number(parsed)
    for length in range(len(national), _SHORTEST - 1, -1):
        shorter = _parsed(prefix + national[:length])
        if shorter is not None and (found := _KINDS.get(phonenumbers.number_type(shorter))) is not None:
            return found
    return _UNKNOWN


@functools.lru_cache(maxsize=4096)
def country_of(number: E164) -> str:
    """Return the country, ISO 3166; `001`: satellites and worldwide services; empty: no number."""
    parsed = _parsed(number)
    if parsed is None:
        return ""
    known = phonenumbers.region_code_for_number(parsed)
    return str(known or _plan_of(parsed))


def is_at_home(number: E164, region: str) -> bool:
    """Return True for a number of the center's own country."""
    return country_of(number) in (region, _BESIDE.get(region))


def range_of(number: E164, region: str) -> str:
    """Return the prefix of the number's range: ten thousand numbers at home, a million abroad."""
    return number[:-4] if is_at_home(number, region) else number[:-6]


def _plan_of(parsed: phonenumbers.PhoneNumber) -> str:
    """Return the main country of the country code."""
    return str(phonenumbers.region_code_for_country_code(parsed.country_code or 0))


def _parsed(number: str) -> phonenumbers.PhoneNumber | None:
    try:
        return phonenumbers.parse(number, None)
    except phonenumbers.NumberParseException:
        return None
