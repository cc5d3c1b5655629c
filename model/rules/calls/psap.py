"""Number called for 112, and detection of emergency numbers in any notation. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import Final

import phonenumbers

from messages.base import Position
from messages.ids import E164, Party
from model.alert.case import Case
from model.areas import contains
from model.rules.calls.joining import is_joined_in_network, psap_is_alone
from model.rules.calls.silent_and_duress import is_in_duress
from model.settings import Settings
from model.settings.psap import LastResort, PsapRoute

EMERGENCY_NUMBERS: Final = frozenset({"112", "113", "115", "118", "911", "999", "000", "08", "110", "119"})
"""Numbers that a network routes to an emergency service: TS 22.101 clause 10.1.1, and Italy's own."""


def is_emergency(number: str) -> bool:
    """Return True if a modem would dial this number as an emergency call (teleservice 12)."""
    return number in EMERGENCY_NUMBERS


def psap_number(case: Case, settings: Settings) -> E164 | None:
    """Return the number to call for this alert; None for a test if no number for tests is configured.

    A PSAP may have an ordinary number by agreement, which no dial guard knows: a test therefore calls only
    the number for tests, in any state of the switches.
    """
    if case.test:
        return settings.psap.test_number or None
    route = None if case.position is None else route_at(case.position, settings.psap.route)
    number = settings.psap.number if route is None else route.number
    alternate = settings.psap.alternate or None
    if alternate is not None and is_emergency(number) and is_joined_in_network(case):
        return alternate
    return number


def must_use_another_phone(case: Case, settings: Settings) -> bool:
    """Return True if the operator must call 112 on another phone.

    An emergency call is never joined in the network, and on a reserved line without voice 112 hears no one.
    """
    if psap_is_alone(case):
        return True
    number = psap_number(case, settings)
    return number is not None and is_emergency(number) and is_joined_in_network(case)


def last_resort_numbers(settings: Settings) -> frozenset[E164]:
    """Return the numbers that may be dialled for 112 on a public line; empty unless the settings allow it."""
    if settings.psap.last_resort is LastResort.NONE:
        return frozenset()
    routes = (route.number for route in settings.psap.route)
    numbers = (settings.psap.number, settings.psap.alternate, *routes)
    return frozenset(number for number in numbers if number)


def is_psap_required_by_duress(case: Case, settings: Settings) -> bool:
    """Return True if the duress PIN requires a call to 112 that no operator has requested.

    If 112 was informed before a reopening, only an operator's order calls 112 again.
    """
    if (
        not is_in_duress(case, settings)
        or case.operator is None
        or case.leaving
        or must_use_another_phone(case, settings)
    ):
        return False
    if case.to_112.told_before_at is not None:
        return False
    called = any(leg.since >= (case.reopened_at or 0) for leg in case.of(Party.PSAP))
    return case.psap is None and case.to_112.elsewhere_at is None and not called


def has_psap(case: Case, settings: Settings) -> bool:
    """Return True if a number for 112 exists."""
    return not case.test or settings.psap.test_number != ""


def route_at(position: Position, routes: Sequence[PsapRoute]) -> PsapRoute | None:
    """Return the route of the smallest area that contains the position; a longer code is smaller: a region
    before its country; None if no area contains the position.
    """
    holding = [
        route
        for route in routes
        if route.outline is not None and contains(route.outline, position.lat, position.lon)
    ]
    return max(holding, key=lambda route: len(route.area), default=None)


def psap_number_for(case: Case, settings: Settings, failed: int) -> E164 | None:
    """Return the number to call after `failed` attempts: the first number twice, then the alternate, then
    both in turn; None if there is no number.
    """
    first = case.psap.number if case.psap is not None else psap_number(case, settings)
    alternate = None if case.test else settings.psap.alternate or None
    # A call set up as an emergency call cannot be added to calls joined in the network.
    barred = is_joined_in_network(case)
    numbers = [one for one in (first, alternate) if one is not None and not (barred and is_emergency(one))]
    if len(numbers) < 2 or failed < 2:
        return next(iter(numbers), None)
    return numbers[1] if failed % 2 == 0 else numbers[0]


_COUNTRY_CODES: Final = frozenset(str(code) for code in phonenumbers.COUNTRY_CODE_TO_REGION_CODE)
_INTERNATIONAL_PREFIXES: Final = ("+", "00", "011", "0011", "810")
_SERVICE_SIGNS: Final = re.compile(r"[*#]+")


def is_named(number: str, numbers: Collection[str] = EMERGENCY_NUMBERS) -> bool:
    """Return True if dialling `number` would probably call one of `numbers`, even behind `+`, `00`, a country
    code or blanks.

    Each run of digits between `*` and `#` is checked, for any service that the codes request.
    """
    return any(_is_listed(run, numbers) for run in _SERVICE_SIGNS.split(number))


def _is_listed(run: str, numbers: Collection[str]) -> bool:
    candidates = {run} | {
        run.removeprefix(prefix) for prefix in _INTERNATIONAL_PREFIXES if run.startswith(prefix)
    }
    digits = {"".join(char for char in candidate if char.isdigit()) for candidate in candidates}
    return not digits.isdisjoint(numbers) or any(
        digit.removeprefix(code) in numbers
        for digit in digits
        for code in _COUNTRY_CODES
        if digit.startswith(code)
    )
