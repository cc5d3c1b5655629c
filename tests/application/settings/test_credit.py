"""`credit` of a `[[modem]]`: what can be asked of a network, and what its answers say."""

from __future__ import annotations

import pytest

from application.errors import SettingsError
from application.settings.file import parse
from model.credit import AMOUNT, BETWEEN, amount_in, changes_the_line

HANGS = "(?:[0-9]+ ?)+:([0-9]+)"
"""Two for each digit more, where a regular expression turns back."""
MODEM = """
[[trunk]]
name = "public"
[[modem]]
name = "milano1"
trunk = "public"
imei = "356938035643809"
"""


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ('credit = { ussd = "*123#", sms_to = "4155", words = "C" }', "sms_to: it is asked by ussd already"),
        ('credit = { ussd = "*21*333#" }', "ussd: *21*333# would change what the line does"),
        ('credit = { ussd = "##002#" }', "ussd: ##002# would change what the line does"),
        ('credit = { sms_to = "112", words = "C" }', "sms_to: an emergency service is not asked"),
        ('credit = { sms_to = "4155" }', "words: what is written to 4155"),
        ('credit.pattern = "[0-9]+"', "pattern: needs one group, in which the amount stands"),
        *(
            (
                f"credit.pattern = '{bad}'",
                f"pattern: beside the group stand words alone, and {BETWEEN} in front of it",
            )
            for bad in (HANGS, "(?:a|b)([0-9]+)", "a.*([0-9]+)", "([0-9]+)(?=x)", "([0-9]+).", "^([0-9]+)")
        ),
    ],
)
def test_what_cannot_be_asked_is_said_by_its_path(text: str, fault: str) -> None:
    with pytest.raises(SettingsError) as raised:
        parse(MODEM + text)
    assert list(raised.value.faults) == [f"modem[0].credit.{fault}"]


@pytest.mark.parametrize("code", ["123", "*123", "ATD112;", '*123#"', "*123#\\n"])
def test_what_is_no_code_is_refused(code: str) -> None:
    with pytest.raises(SettingsError):
        parse(f"{MODEM}credit.ussd = '{code}'")


def test_a_line_has_its_question_and_one_without_has_none() -> None:
    (asked,) = parse(MODEM + 'credit = { ussd = "*123#", least = 5 }').lines
    assert asked.credit.asked
    assert (asked.credit.ussd, asked.credit.least, asked.credit.pattern) == ("*123#", 5.0, AMOUNT)
    (plain,) = parse(MODEM).lines
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
