"""No line of a modem's ends the driver, whatever its reader makes of it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from gateways.gsm.at.engine import Engine
from gateways.gsm.driver import modem, startup, ussd
from gateways.gsm.driver.events import InputFailed, NetworkAnswered, Ready, Ref, SmsFailed
from tests.gateways.gsm.bench import USER, Bench


def raising(*_: object, **__: object) -> None:
    raise OverflowError("too large")


@pytest.mark.parametrize("reader", ["sim_state", "iccid_of", "parse_emergency_numbers"])
def test_an_answer_of_the_set_up_not_read_is_a_refusal(monkeypatch: pytest.MonkeyPatch, reader: str) -> None:
    real: Callable[..., object] = getattr(startup, reader)

    def read(said: object, *rest: object) -> object:
        if getattr(said, "lines", said):
            raising()
        return real(said, *rest)

    monkeypatch.setattr(startup, reader, read)
    bench = Bench(start=False)
    bench.modem.answers["AT+CRSM=176,28599,0,0,0"] = '+CRSM: 144,0,"11F2FF"\nOK'
    bench.open()
    bench.wait(30)
    assert bench.of(Ready)


def test_a_code_that_cannot_be_read_is_left_out_and_calls_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    bench = Bench()
    real = modem.interpret
    monkeypatch.setattr(
        modem, "interpret", lambda *said: raising() if said[1].startswith("+CLIP") else real(*said)
    )
    bench.modem.rows = [f'1,1,4,0,0,"{USER}",145']
    bench.say("RING", f'+CLIP: "{USER}",145')
    (failed,) = bench.of(InputFailed)
    assert failed.error.startswith("OverflowError at test_unreadable_lines.py:")
    assert [view.number for view in bench.driver.calls()] == [USER]


def test_an_answer_of_the_network_that_cannot_be_read_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    bench = Bench()
    monkeypatch.setattr(ussd, "process_line", raising)
    bench.driver.send_ussd("*123#", bench.now_s, within_s=20.0)
    bench.pump()
    bench.say('+CUSD: 0,"1,50 EUR",15')
    assert bench.of(InputFailed)
    bench.wait(60)
    assert [event.words for event in bench.of(NetworkAnswered)] == [""]
    bench.driver.dial(Ref("leg"), USER, bench.now_s)
    bench.pump()
    assert bench.sent(f"ATD{USER};") == 1


def test_a_line_at_which_the_engine_fails_costs_only_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    bench = Bench()
    real = Engine._process_line
    monkeypatch.setattr(
        Engine,
        "_process_line",
        lambda self, text, now_s: raising() if "poison" in text else real(self, text, now_s),
    )
    bench.modem.rows = [f'1,1,4,0,0,"{USER}",145']
    bench.modem.say("poison", "more poison", "RING")
    bench.pump()
    assert len(bench.of(InputFailed)) == 2
    assert [view.number for view in bench.driver.calls()] == [USER]


def test_a_pdu_at_which_its_reader_fails_is_told_as_unreadable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gateways.gsm.sms.inbox.read_deliver", raising)
    bench = Bench()
    bench.modem.answers["AT+CMGR=3"] = "+CMGR: 0,,10\n00040C919333131122320000\nOK"
    bench.say('+CMTI: "SM",3')
    (failed,) = bench.of(SmsFailed)
    assert (failed.number, failed.stored, failed.from_other_party) == (USER, (3,), True)
    assert failed.text.startswith("OverflowError at")


def test_what_the_network_says_of_itself_is_no_persons_text_where_it_cannot_be_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("gateways.gsm.sms.inbox.e164", raising)
    bench = Bench()
    bench.modem.answers["AT+CMGR=3"] = "+CMGR: 0,,22\n00040C9193331311223240000062109251154000024869\nOK"
    bench.say('+CMTI: "SM",3')
    (failed,) = bench.of(SmsFailed)
    assert (failed.stored, failed.from_other_party) == ((3,), False)
