"""Which way a call would go where a line is registered, and that a line is ready only where it would."""

from __future__ import annotations

import itertools

from gateways.gsm.at.parse import Registration, parse_technology
from gateways.gsm.driver.network_state import voice_service
from gateways.gsm.line.report import condition
from messages.lines import LineState, VoiceService
from simulator.modem.vices import Vices
from tests.gateways.gsm.bench import DIALECTS, Bench, FakeModem
from tests.gateways.gsm.carrier.site import Site
from tests.support.each import each

HOME, OFF, SEARCHING = Registration.HOME, Registration.OFF, Registration.SEARCHING


@each(
    ("circuit", "packet", "ims", "technology", "service"),
    [
        (HOME, HOME, True, 7, VoiceService.IMS),
        (OFF, HOME, True, 7, VoiceService.IMS),
        (HOME, HOME, False, 7, VoiceService.CSFB),
        (HOME, HOME, None, 7, VoiceService.CSFB),
        (HOME, None, None, 0, VoiceService.CIRCUIT),
        (HOME, OFF, False, 2, VoiceService.CIRCUIT),
        (HOME, HOME, False, None, VoiceService.UNKNOWN),
        (OFF, HOME, False, 7, VoiceService.NONE),
        (Registration.DENIED, Registration.ROAMING, False, None, VoiceService.NONE),
        (OFF, HOME, None, 7, VoiceService.UNKNOWN),
        (None, HOME, False, 7, VoiceService.UNKNOWN),
        (SEARCHING, SEARCHING, False, None, VoiceService.UNKNOWN),
    ],
)
def test_the_way_of_a_call_follows_from_four_answers(
    circuit: Registration | None,
    packet: Registration | None,
    ims: bool | None,
    technology: int | None,
    service: VoiceService,
) -> None:
    assert voice_service(circuit, packet, ims=ims, technology=technology) is service


def test_what_is_not_known_never_takes_a_line_away() -> None:
    for circuit, packet, technology in itertools.product(
        (None, *Registration), (None, *Registration), (None, 0, 7)
    ):
        found = voice_service(circuit, packet, ims=None, technology=technology)
        assert found is not VoiceService.NONE


@each(
    ("dialect", "line", "told"),
    [
        ("3gpp", "+CIREG: 0,1", True),
        ("3gpp", "+CIREG: 0,1,5", True),
        ("3gpp", "+CIREG: 2,1,4", False),
        ("3gpp", "+CIREG: 0,0", False),
        ("3gpp", "+CIREG: 0,0,1", False),
        ("3gpp", "+CIREG: 0", None),
        ("quectel_ec2x", '+QCFG: "ims",1,1', True),
        ("quectel_ec2x", '+QCFG: "ims",0,1', True),
        ("quectel_ec2x", '+QCFG: "ims",2,0', False),
        ("quectel_ec2x", '+QCFG: "ims",1', None),
    ],
)
def test_whether_it_is_in_the_ims_is_read_by_its_dialect(dialect: str, line: str, told: bool | None) -> None:
    assert DIALECTS.get(dialect).is_registered_in_ims((line,)) is told


@each(
    ("line", "technology"),
    [
        ('+COPS: 0,0,"I TIM, S.p.A.",7', 7),
        ('+COPS: 0,2,"22201",0', 0),
        ("+COPS: 0", None),
        ("+COPS: 0,0", None),
    ],
)
def test_the_technology_is_the_fourth_field_where_it_is_told(line: str, technology: int | None) -> None:
    assert parse_technology(line) == technology


@each(
    ("dialect", "vices", "service"),
    [
        ("quectel_ec2x", {}, VoiceService.IMS),
        ("simcom7600", {}, VoiceService.IMS),
        ("quectel_ec2x", {"memory": {'+QCFG="ims"': "0"}}, VoiceService.CSFB),
        ("huawei", {}, VoiceService.CIRCUIT),
    ],
)
def test_a_line_in_the_network_tells_which_way_its_calls_go(
    dialect: str, vices: dict[str, object], service: VoiceService
) -> None:
    site = Site.set_up(dialect, **vices)
    assert site.driver.voice_service is service
    assert condition(site.driver, open_port=True) == (LineState.READY, "")


@each("dialect", ["quectel_ec2x", "simcom7600"])
def test_a_line_that_is_registered_for_data_alone_is_not_ready_until_a_call_would_go(dialect: str) -> None:
    site = Site.set_up(dialect, no_ims=True)
    state, text = condition(site.driver, open_port=True)
    assert condition(site.driver, open_port=True, emergency=True) == (LineState.READY, text), "112 is tried"
    assert state is LineState.NO_VOICE_SERVICE
    assert "registered for data only (no VoLTE, no 2G)" in text
    site.modem.change_vices(Vices(no_ims=False))
    site.run(6.0)
    assert condition(site.driver, open_port=True)[0] is LineState.READY


def test_a_network_that_loses_its_voice_is_noticed_and_not_doubted_before_the_modem_was_asked() -> None:
    site = Site("quectel_ec2x")
    site.run(20.0)
    assert site.driver.voice_service is VoiceService.IMS
    site.modem.change_vices(Vices(no_ims=True))
    site.run(6.0)
    assert site.driver.voice_service is VoiceService.NONE


def test_a_modem_that_falls_silent_at_the_question_is_not_asked_again_and_stays_ready() -> None:
    answers: dict[str, str | None] = {
        "AT+CIREG?": None,
        "AT+CREG?": "+CREG: 0,0\nOK",
        "AT+CEREG?": "+CEREG: 0,1\nOK",
    }
    bench = Bench(modem=FakeModem(answers=answers))
    bench.wait(120.0)
    assert bench.sent("AT+CIREG?") == 1
    assert condition(bench.driver, open_port=True)[0] is LineState.READY
