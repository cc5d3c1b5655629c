"""What a network says to a code is read in all the forms that modems give it, and in whichever lines."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateways.gsm.driver.events import NetworkAnswered
from gateways.gsm.driver.ussd import (
    UssdAnswer,
    UssdRequest,
    answer_at_timeout,
    pack_code,
    process_line,
    readable_text,
)
from gateways.gsm.errors import RequestRefused
from gateways.gsm.port.dial_guard import DialGuard
from tests.gateways.gsm.bench import Bench, FakeModem
from tests.support.each import each

WORDS = "Il credito e' di 12,30 EUR. Scade il 31/12."
OF_HUAWEI = "AA180C3602"
"""`*100#`, as such sticks want it."""


@given(
    st.text("abcdefghijklmnopqrstuvwxyzèéùì0123456789 .,:/'€@", min_size=12).filter(
        lambda one: " " in one.strip()
    )
)
def test_words_are_read_whatever_the_dcs_says_of_them(words: str) -> None:
    words = " ".join(words.split())
    for dcs in (0, 15, 72, None):
        assert readable_text(words, dcs) == words
        assert readable_text(words.encode("utf-16-be").hex(), dcs) == words


@pytest.mark.parametrize(
    ("text", "dcs", "words"),
    [
        ("", 15, ""),
        ("Saldo: 12,30 EUR", None, "Saldo: 12,30 EUR"),
        ("53616C646F3A2031322C333020455552", 0, "Saldo: 12,30 EUR"),
        ("00530061006C0064006F003A002000310032", 15, "Saldo: 12"),
    ],
    ids=["nothing", "text", "octets, told as septets", "UCS-2, told as septets"],
)
def test_what_modems_have_said(text: str, dcs: int | None, words: str) -> None:
    assert readable_text(text, dcs) == words


def test_what_a_network_says_is_words_and_no_orders_to_a_terminal() -> None:
    said = readable_text("Credito \x1b]0;x\x07 5,00\r\nEUR \u202e00,9", None)
    assert said == "Credito ]0;x 5,00 EUR 00,9"
    assert readable_text("Credito:\x1b[2J 5,00".encode("utf-16-be").hex(), 72) == "Credito: [2J 5,00"


def test_a_code_is_packed_as_huawei_s_sticks_want_it() -> None:
    assert pack_code("*100#") == OF_HUAWEI


def answer(*lines: str) -> UssdAnswer | None:
    question, found = UssdRequest("*123#", 100.0), None
    for line in lines:
        question, found, belongs = process_line(question, line, 1.0)
        assert belongs
    return found


@each(
    ("lines", "found"),
    [
        (['+CUSD: 0,"Saldo 12,30",15'], UssdAnswer("Saldo 12,30", session_open=False)),
        (
            ['+CUSD: 1,"1 Saldo', "2 Offerte", 'RING",15'],
            UssdAnswer("1 Saldo 2 Offerte RING", session_open=True),
        ),
        (['+CUSD: 2,"Saldo 3,00 EUR"'], UssdAnswer("Saldo 3,00 EUR", session_open=False)),
        (["+CUSD: 0,Saldo 12,30"], UssdAnswer("Saldo 12,30", session_open=False)),
        (["+CUSD: 2"], UssdAnswer("", session_open=False)),
        (["+CUSD:4"], UssdAnswer("", session_open=False)),
        (['+CUSD: 0,"Il "Suo" credito: 5,00",15'], UssdAnswer('Il "Suo" credito: 5,00', session_open=False)),
    ],
)
def test_an_answer_is_whole_with_its_last_line(lines: list[str], found: UssdAnswer) -> None:
    assert answer(*lines) == found


def test_an_answer_whose_end_never_comes_is_taken_as_it_is() -> None:
    question, _, _ = process_line(UssdRequest("*123#", 100.0), '+CUSD: 0,"Saldo', 1.0)
    question, found, _ = process_line(question, "12,30 EUR", 1.1)
    assert (found, answer_at_timeout(question, 2.9)) == (None, None)
    assert answer_at_timeout(question, 3.0) == UssdAnswer("Saldo 12,30 EUR", session_open=False)


def test_the_dial_guard_lets_codes_pass_in_both_forms() -> None:
    guard = DialGuard(psap_live=False, trunk_emergency=False)
    for form in ("*123#", pack_code("*123#"), pack_code("*#100#")):
        line = f'AT+CUSD=1,"{form}",15\r'.encode()
        assert guard.pass_through(line) == line


def bench(modem: FakeModem | None = None, dialect: str = "3gpp") -> Bench:
    made = Bench(dialect, modem=modem)
    made.wait(20.0)
    made.events.clear()
    return made


def asked(one: Bench, code: str = "*123#") -> None:
    one.driver.send_ussd(code, one.now_s, within_s=30.0)
    one.pump()


@each(("dialect", "form"), [("3gpp", "*100#"), ("huawei", OF_HUAWEI)])
def test_a_code_is_written_as_its_dialect_wants_it(dialect: str, form: str) -> None:
    modem = FakeModem()
    one = bench(modem, dialect)
    asked(one, "*100#")
    assert modem.received[-1] == f'AT+CUSD=1,"{form}",15'
    one.say('+CUSD: 1,"Saldo', 'o altro",15')
    assert [event.words for event in one.of(NetworkAnswered)] == ["Saldo o altro"]
    assert "AT+CUSD=2" in modem.received, "the network waits for more, and there is none"


def test_where_one_form_is_refused_the_other_is_tried_and_then_the_modem_is_quoted() -> None:
    modem = FakeModem(
        answers={'AT+CUSD=1,"*100#",15': "ERROR", f'AT+CUSD=1,"{OF_HUAWEI}",15': "+CME ERROR: 258"}
    )
    one = bench(modem)
    asked(one, "*100#")
    assert [(event.words, event.refused) for event in one.of(NetworkAnswered)] == [("", "+CME ERROR: 258")]
    modem.answers[f'AT+CUSD=1,"{OF_HUAWEI}",15'] = "OK"
    one.events.clear()
    asked(one, "*100#")
    assert one.of(NetworkAnswered) == []
    one.say('+CUSD: 0,"D3701B";')
    one.wait(3.0)
    assert len(one.of(NetworkAnswered)) == 1, "spoilt, and an answer"


def test_one_that_never_answers_is_left_in_time_and_the_next_can_be_asked() -> None:
    modem = FakeModem()
    one = bench(modem)
    asked(one)
    one.wait(30.0)
    assert [event.words for event in one.of(NetworkAnswered)] == [""]
    assert "AT+CUSD=2" in modem.received
    one.say('+CUSD: 0,"late, and of no interest",15')
    assert len(one.of(NetworkAnswered)) == 1


@each("code", ["", "123", "*123", "ATD112;", '*123#"\rATD112;', "+390200000001"])
def test_what_is_no_code_is_not_sent(code: str) -> None:
    modem = FakeModem()
    one = bench(modem)
    with pytest.raises(RequestRefused):
        one.driver.send_ussd(code, one.now_s, within_s=30.0)
