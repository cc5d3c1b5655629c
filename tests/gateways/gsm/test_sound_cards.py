"""A line whose voice is a sound card: told to its modem where it has to be, and found where it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateways.gsm.calls.joining import joining_method
from gateways.gsm.dialects.loading import Dialects
from gateways.gsm.driver.events import VoiceReady
from gateways.gsm.line.legs_on_line import LegsOnLine
from gateways.gsm.port.modem_location import ModemLocation
from gateways.gsm.port.search import SeenPort
from messages.base import Joins, VoicePace
from messages.ids import LineId, TrunkId
from model.settings.lines import Modem
from model.settings.port_names import by_card
from tests.gateways.gsm.bench import DIALECTS, Bench, FakeModem
from tests.support.each import each

OWN = DIALECTS.by_card(own=True)
WIRED = DIALECTS.by_card(own=False)
UP = '1,0,0,0,0,"393331112223",145'


def up(dialect: str, dialects: Dialects, modem: FakeModem | None = None) -> Bench:
    bench = Bench(dialect, modem=modem, dialects=dialects)
    bench.dial()
    bench.lists([UP], 2.0)
    return bench


def test_a_quectel_is_told_to_give_its_voice_to_its_sound_card() -> None:
    bench = up("quectel_ec2x", OWN)
    assert bench.sent("AT+QPCMV=1,2") >= 1
    assert bench.sent("AT+QPCMV=1,0") == 0
    (ready,) = bench.of(VoiceReady)
    assert (ready.rate_hz, ready.frame_bytes) == (8000, 320)
    bench.modem.rows = []
    bench.modem.say("NO CARRIER")
    bench.wait(2.0)
    assert [line for line in bench.modem.received if "QPCMV" in line][-1] == "AT+QPCMV=0"


@each("dialect", ["simcom_a76xx", "ublox", "3gpp", "simcom7600", "huawei", "quectel_ec2x"])
def test_at_analogue_pins_the_voice_is_there_with_the_answer_and_nothing_is_said_of_it(dialect: str) -> None:
    bench = up(dialect, WIRED)
    (ready,) = bench.of(VoiceReady)
    assert (ready.rate_hz, ready.frame_bytes) == (8000, 320)
    assert not [
        line for line in bench.modem.received if "PCM" in line or "DDSETEX" in line or "CVOICE" in line
    ]


@each("dialect", DIALECTS.names())
def test_with_a_sound_card_every_family_gives_its_voice_to_the_host(dialect: str) -> None:
    for dialects in (OWN, WIRED):
        assert joining_method(dialects.get(dialect), voice=True) is Joins.HOST
        voice = dialects.get(dialect).data.voice
        assert (voice.rate_hz, voice.pace, voice.wear_reset) == (8000, VoicePace.CLOCK, ())
    assert DIALECTS.get(dialect).data.voice.kind != "card"


def test_where_the_voice_of_a_call_is_it_says_that_it_is_a_card() -> None:
    bench = up("simcom_a76xx", WIRED)
    legs = LegsOnLine(
        LineId("one"), bench.driver, first_number=1, voice_path="Device", voice_kind="alsa",
        number_within_s=1.5,
    )  # fmt: skip
    for event in bench.of(VoiceReady):
        legs.on_event(event, bench.now_s)
    assert legs.register.voice is not None
    assert (legs.register.voice.kind, legs.register.voice.path) == ("alsa", "Device")


def where(tmp_path: Path, places: list[SeenPort], voice_port: str) -> ModemLocation:
    return ModemLocation(
        Modem(name="one", trunk=TrunkId("public"), port="/dev/ttyUSB2", voice_port=voice_port),
        [],
        tmp_path,
        places=lambda: places,
        open_port=lambda path: pytest.fail(f"{path} was opened"),
        roles={},
        base=DIALECTS.base(),
    )


def test_a_card_is_looked_for_at_the_usb_socket_of_the_lines_own_modem(tmp_path: Path) -> None:
    seen = [SeenPort(path=f"/dev/ttyUSB{n}", mark=str(n), card="usb:1-2.3", interface=n) for n in range(4)]
    assert where(tmp_path, seen, "alsa").voice() == "usb:1-2.3"
    moved = [SeenPort(path="/dev/ttyUSB2", mark="7", card="usb:1-4", interface=2)]
    assert where(tmp_path, moved, "alsa").voice() == "usb:1-4"
    assert where(tmp_path, [], "alsa").voice() == ""
    assert where(tmp_path, [], "alsa:CARD=Device").voice() == "CARD=Device"


def test_what_names_a_card_and_what_a_terminal() -> None:
    assert [by_card(port) for port in ("alsa", "alsa:plughw:1,0", "", "/dev/alsa", "usb:1-2:1.1")] == [
        True, True, False, False, False,
    ]  # fmt: skip


def test_a_modem_that_refuses_its_sound_card_gives_no_voice_and_says_so() -> None:
    bench = up("quectel_ec2x", OWN, FakeModem(answers={"AT+QPCMV=1,2": "ERROR"}))
    assert bench.driver.voiceless
    assert bench.of(VoiceReady) == []
    assert up("quectel_ec2x", WIRED, FakeModem(answers={"AT+QPCMV=1,2": "ERROR"})).of(VoiceReady)
