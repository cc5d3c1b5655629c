"""Which numbers the center calls as a user's by itself, and why it does not call others. Pure.

Whoever has the app's key, which is in every phone, can name any number: a premium one, a satellite phone, an
operator, one of the center's own lines. What is withheld here is kept as an alert with full service, and is
dialled on an operator's order alone; some numbers not even then. See docs/decisions/0049.
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
"""So many times as many numbers are called of a range at home: what a call costs there nobody earns."""
EEA: Final = frozenset((
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE",
    "IS", "IT", "LI", "LT", "LU", "LV", "MT", "NL", "NO", "PL", "PT", "RO", "SE", "SI", "SK",
))  # fmt: skip
_BESIDE: Final = {"IT": "VA", "NO": "SJ", "FI": "AX"}
"""Who has its numbers within another country's plan, at that one's price."""

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


class Withheld(StrEnum):
    """Why a number is not called by itself."""

    EMERGENCY = "emergency"
    PSAP = "psap"
    """It is a number that is called for 112, or in its place in tests."""
    OWN_LINE = "own_line"
    OPERATOR = "operator"
    KIND = "kind"
    COUNTRY = "country"
    RANGE = "range"
    """So many numbers of its range were called within an hour that no more are."""
    OUTRANKED = "outranked"
    """A proved alert of the same number is open beside this one, and calls it."""


NEVER: Final = frozenset((Withheld.EMERGENCY, Withheld.PSAP, Withheld.OWN_LINE, Withheld.OPERATOR))
"""For these reasons a number is not called as a user's on anybody's order either."""


class Called:
    """Whom the center has called as users within the last hour, by ranges of numbers."""

    def __init__(self, region: str) -> None:
        """`region`: ISO 3166, where the center is at home."""
        self._region = region
        self._ranges: dict[str, dict[E164, Instant]] = {}

    def add(self, number: E164, at_us: Instant) -> None:
        """It was dialled then."""
        of_range = self._ranges.setdefault(range_of(number, self._region), {})
        of_range[number] = max(at_us, of_range.get(number, at_us))

    def others(self, number: E164, now_us: Instant) -> int:
        """How many other numbers of its range; none once it was called itself, as it is none more then."""
        of_range = self._ranges.get(range_of(number, self._region), {})
        lately = {one for one, at_us in of_range.items() if now_us - at_us < HOUR_US}
        return 0 if number in lately else len(lately)

    def forget(self, now_us: Instant) -> None:
        """What is older than an hour counts no more."""
        for name, of_range in list(self._ranges.items()):
            left = {one: at_us for one, at_us in of_range.items() if now_us - at_us < HOUR_US}
            if left:
                self._ranges[name] = left
            else:
                del self._ranges[name]


def withheld(
    number: E164, settings: Settings, *, own: Collection[E164], staff: Collection[E164], others: int
) -> Withheld | None:
    """Why this number is not called by itself; None where it is.

    `own`: the numbers of the center's lines; `staff`: the operators'; `others`: as `Called` counts them.
    """
    if number in own:
        return Withheld.OWN_LINE
    if number in staff or number in settings.operator.on_call:
        return Withheld.OPERATOR
    if (why := unfit(number, settings)) is not None:
        return why
    times = AT_HOME if is_at_home(number, settings.region) else 1
    return Withheld.RANGE if others >= settings.dialling.per_hour * times else None


def unfit(number: E164, settings: Settings) -> Withheld | None:
    """What the number says of itself, whatever else is known."""
    if number == settings.psap.test_number or _is_called_for_112(number, settings):
        return Withheld.PSAP
    return _unfit(number, settings.dialling, settings.region)


def unfit_to_try(number: E164, settings: Settings) -> Withheld | None:
    """The same to a proof of the lines, which alone calls the number that is agreed with 112 for tests too;
    whatever the country and kind, unless somebody is called there in an emergency.
    """
    if number != settings.psap.test_number or _is_called_for_112(number, settings):
        return unfit(number, settings)
    why = _unfit(number, settings.dialling, settings.region)
    return why if why is Withheld.EMERGENCY else None


def _is_called_for_112(number: E164, settings: Settings) -> bool:
    routes = (route.number for route in settings.psap.route)
    return number in (settings.psap.number, settings.psap.alternate, *routes)


@functools.lru_cache(maxsize=4096)
def _unfit(number: E164, dialling: DiallingSettings, region: str) -> Withheld | None:
    parsed = _parsed(number)
    if parsed is None:
        return Withheld.COUNTRY
    national = phonenumbers.national_significant_number(parsed)
    home = _plan_of(parsed)
    if national in EMERGENCY_NUMBERS or phonenumbers.is_emergency_number(national, home):
        return Withheld.EMERGENCY
    if country_of(number) not in countries(dialling, region):
        return Withheld.COUNTRY
    return None if kinds_of(number) & frozenset(dialling.kinds) else Withheld.KIND


def countries(dialling: DiallingSettings, region: str) -> frozenset[str]:
    """Those that are called, ISO 3166; the center's own always is."""
    named = {region, *dialling.countries}
    if "EEA" in named:
        named |= EEA
    return frozenset(named | {_BESIDE[one] for one in named if one in _BESIDE})


def kinds_of(number: E164) -> frozenset[NumberKind]:
    """What kind of number it is, as far as the tables know; several where they do not tell them apart.

    A network connects as soon as a number is complete, and oversees what follows: what begins with a premium
    number and is too long for one is a premium number.
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
    """ISO 3166; `001` for what belongs to none (satellites, worldwide services), empty for no number."""
    parsed = _parsed(number)
    if parsed is None:
        return ""
    known = phonenumbers.region_code_for_number(parsed)
    return str(known or _plan_of(parsed))


def is_at_home(number: E164, region: str) -> bool:
    """Whether it is a number of the center's own country."""
    return country_of(number) in (region, _BESIDE.get(region))


def range_of(number: E164, region: str) -> str:
    """The beginning of the number: ten thousand numbers share it at home, a million abroad."""
    return number[:-4] if is_at_home(number, region) else number[:-6]


def _plan_of(parsed: phonenumbers.PhoneNumber) -> str:
    """The country that mainly has this country code."""
    return str(phonenumbers.region_code_for_country_code(parsed.country_code or 0))


def _parsed(number: str) -> phonenumbers.PhoneNumber | None:
    try:
        return phonenumbers.parse(number, None)
    except phonenumbers.NumberParseException:
        return None
