"""Which numbers are called by themselves, and why others are not."""

from __future__ import annotations

import pytest

from messages.ids import E164, SECOND, Instant
from model.rules.calls.withheld_numbers import (
    AT_HOME,
    HOUR_US,
    NoDialReason,
    RecentlyDialled,
    countries,
    why_not_dialled,
    why_number_unfit,
    why_unfit_for_test,
)
from model.settings import Settings
from model.settings.alerts import DiallingSettings, NumberKind, OperatorSettings
from model.settings.psap import PsapSettings
from tests.support.each import each
from tests.support.settings import changed

SETTINGS = Settings(
    operator=OperatorSettings(on_call=(E164("+390200000199"),)),
    psap=PsapSettings(alternate=E164("+390244446666")),
)
NOW = Instant(1_795_000_000 * SECOND)
LINE, OPERATOR = E164("+390200000001"), E164("+393401112233")


def why(number: str, settings: Settings = SETTINGS, others: int = 0) -> NoDialReason | None:
    return why_not_dialled(E164(number), settings, own=(LINE,), staff=(OPERATOR,), others=others)


@each(
    ("number", "reason"),
    [
        ("+393331112223", None),
        ("+390612345678", None),
        ("+390669812345", None),  # the Vatican, within Italy's plan
        ("+4915112345678", None),
        ("+33612345678", None),
        ("+37120000000", None),
        ("+37112345678", None),  # of no table, in a country that is called
        (LINE, NoDialReason.OWN_LINE),
        (OPERATOR, NoDialReason.OPERATOR),
        ("+390200000199", NoDialReason.OPERATOR),
        ("+390244446666", NoDialReason.PSAP),
        ("+39112", NoDialReason.EMERGENCY),
        ("+49110", NoDialReason.EMERGENCY),
        ("+39899123456", NoDialReason.KIND),
        ("+3989912345678", NoDialReason.KIND),  # too long for a premium number: it would be one all the same
        ("+39892000", NoDialReason.KIND),
        ("+39800123456", NoDialReason.KIND),
        ("+39848123456", NoDialReason.KIND),
        ("+33899123456", NoDialReason.KIND),
        ("+881612345678", NoDialReason.COUNTRY),
        ("+870773123456", NoDialReason.COUNTRY),
        ("+979123456789", NoDialReason.COUNTRY),
        ("+18765551234", NoDialReason.COUNTRY),
        ("+447911123456", NoDialReason.COUNTRY),
        ("+391", NoDialReason.COUNTRY),
    ],
)
def test_a_number_is_called_by_itself_or_there_is_a_reason(number: str, reason: NoDialReason | None) -> None:
    assert why(number) is reason


def test_the_settings_say_which_kinds_and_countries_are_called() -> None:
    wide = Settings(
        dialling=DiallingSettings(kinds=(NumberKind.PREMIUM, NumberKind.MOBILE), countries=("GB", "US"))
    )
    assert why_number_unfit(E164("+39899123456"), wide) is None
    assert why_number_unfit(E164("+447700900123"), wide) is NoDialReason.KIND, "of no table"
    assert why_number_unfit(E164("+14155552671"), wide) is None, (
        "a mobile or a fixed number, which are not told apart"
    )
    assert why_number_unfit(E164("+4915112345678"), wide) is NoDialReason.COUNTRY
    assert why_number_unfit(E164("+393331112223"), wide) is None, "the center's own country always is"
    assert countries(DiallingSettings(countries=()), "CH") == {"CH"}


def test_of_one_range_abroad_only_so_many_numbers_are_called_within_an_hour() -> None:
    called = RecentlyDialled("IT")
    numbers = [E164(f"+37120{n:06d}") for n in range(25)]
    reasons = []
    for number in numbers:
        reasons.append(why(number, others=called.others(number, NOW)))
        if reasons[-1] is None:
            called.add(number, NOW)
    assert reasons == [None] * 20 + [NoDialReason.RANGE] * 5
    assert called.others(numbers[3], NOW) == 0, "who was called is called again"
    assert called.others(E164("+37121000000"), NOW) == 0, "another range is another matter"
    assert called.others(numbers[24], Instant(NOW + HOUR_US)) == 0
    called.forget(Instant(NOW + HOUR_US))
    assert called.others(numbers[24], NOW) == 0


def test_at_home_a_range_is_not_soon_exhausted() -> None:
    assert why("+393331112223", others=20 * AT_HOME - 1) is None
    assert why("+393331112223", others=20 * AT_HOME) is NoDialReason.RANGE


@pytest.mark.parametrize(
    ("agreed", "reason"),
    [
        ("+390200000114", None),
        ("+39800123456", None),  # whatever the kind: it was agreed
        ("+390244446666", NoDialReason.PSAP),  # also where 112 is called
        ("+39112", NoDialReason.EMERGENCY),
    ],
)
def test_a_proof_alone_calls_the_number_agreed_for_tests(agreed: str, reason: NoDialReason | None) -> None:
    number = E164(agreed)
    settings = changed(SETTINGS, {"psap.test_number": number})
    assert why_unfit_for_test(number, settings) is reason
    assert why_number_unfit(number, settings) is NoDialReason.PSAP
    assert why_unfit_for_test(E164("+390244446666"), settings) is NoDialReason.PSAP
