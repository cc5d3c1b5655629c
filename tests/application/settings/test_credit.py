"""`credit` of a `[[modem]]`: what can be asked of a network, and what its answers say."""

from __future__ import annotations

import pytest

from application.settings.file import parse
from model.credit import AMOUNT, amount_in, changes_the_line
from tests.application.settings.test_faults import HANGS, C


def test_a_line_has_its_question_and_one_without_has_none() -> None:
    (asked,) = parse(C + 'credit = { ussd = "*123#", least = 5 }').lines
    assert asked.credit.asked
    assert (asked.credit.ussd, asked.credit.least, asked.credit.pattern) == ("*123#", 5.0, AMOUNT)
    (plain,) = parse(C).lines
    assert not plain.credit.asked


@pytest.mark.timeout(20)
@pytest.mark.parametrize("pattern", [AMOUNT, "x.*?([0-9]+) *y", "([0-9]+) *x", HANGS])
def test_no_pattern_and_no_answer_hold_a_line_up(pattern: str) -> None:
    for answer in ("1" * 40_000, "1." * 20_000, "1 " * 20_000, "x 1 " * 10_000, " " * 40_000 + "x"):
        amount_in(answer, pattern)
    assert amount_in("1" * 40 + "x", HANGS) is None


@pytest.mark.parametrize("code", ["*123#", "*#123#", "*100*1#", "*1234#", "*133#"])
def test_questions_change_nothing(code: str) -> None:
    assert not changes_the_line(code)


@pytest.mark.parametrize(
    ("answer", "pattern", "amount"),
    [
        ("Il tuo credito e' di 12,30 EUR", AMOUNT, 12.3),
        ("Saldo 5 EUR", AMOUNT, 5.0),
        ("Credito: 1.234,56 euro", "([0-9.,]+) *euro", 1234.56),
        ("Credito: 1.234 euro", "([0-9.,]+) *euro", 1234.0),
        ("Al 28/11 restano 0.99 EUR", "restano ([0-9.,]+)", 0.99),
        ("Servizio non disponibile", AMOUNT, None),
        ("credito: . euro", "credito: ([0-9.,]+)", None),
        ("Al 28/11 il CREDITO residuo e' 5.60 Euro", "credito.*?([0-9.,]+)", 5.6),
        ("Hai 300 MB e  12,30EUR.", r"([0-9,]+)\s*eur\.", 12.3),
        ("Hai 300 MB", "([0-9]+) *euro", None),
        ("Saldo:EUR 12,50", "saldo: ?EUR ?([0-9,]+)", 12.5),
    ],
)
def test_the_amount_is_read_as_networks_write_it(answer: str, pattern: str, amount: float | None) -> None:
    assert amount_in(answer, pattern) == amount
