"""The world's file: what is refused, and that the fault's path is told."""

from __future__ import annotations

import wave
from pathlib import Path

import pytest

from simulator.config import Config, changed_phone, control_address, load_config, parse_config
from simulator.errors import ConfigError
from simulator.network.sound import RATE_HZ, sound
from tests.support.each import each

MODEM = {"name": "m", "dialect": "huawei", "number": "+390200000001"}
PHONE = {"number": "+393331112223"}


def write_wav(path: Path, rate_hz: int = RATE_HZ) -> None:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate_hz)
        file.writeframes(b"\x10\x00" * 800)


def test_the_default_world_has_both_trunks_and_everybody() -> None:
    config = load_config(Path("config/simulation.toml"))
    trunks = [modem.trunk for modem in config.modems]
    assert (trunks.count("public"), trunks.count("emergency")) == (4, 2)
    assert {phone.behaviour for phone in config.phones} == {
        "answer", "busy", "no_answer", "voicemail", "reject", "unreachable",
    }  # fmt: skip
    assert not any(phone.number == "112" for phone in config.phones)
    assert any(phone.number == "+393331112223" and phone.name == "Giulia Rossi" for phone in config.phones)


@each(
    ("data", "path"),
    [
        ({"modem": [{**MODEM, "speed": 9600}]}, "modem[0]"),
        ({"modem": [MODEM, {**MODEM, "name": "n", "setup_time_s": "soon"}]}, "modem[1].setup_time_s"),
        ({"modem": [{**MODEM, "dialect": "klingon"}]}, "modem[0].dialect"),
        ({"modem": [{**MODEM, "name": "../m"}]}, "modem[0].name"),
        ({"phone": [{**PHONE, "rings_after_s": -1}]}, "phone[0].rings_after_s"),
        ({"phone": [{**PHONE, "behaviour": "sleeps"}]}, "phone[0].behaviour"),
        ({"phone": [{"number": "0039333"}]}, "phone[0].number"),
        ({"phone": [{}]}, "phone[0]"),
        ({"simulator": {"control": "0.0.0.0:8199"}}, "simulator.control"),
        ({"simulator": {"control": "127.0.0.1"}}, "simulator.control"),
        ({"modems": []}, ""),
        ({"modem": [MODEM, MODEM]}, "modem"),
        ({"modem": [MODEM], "phone": [{"number": MODEM["number"]}]}, "modem and phone"),
    ],
)
def test_a_fault_is_told_with_its_path(data: object, path: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_config(data)
    assert str(caught.value).startswith(path)


def test_control_may_be_any_loopback_address() -> None:
    assert control_address("[::1]:0") == ("::1", 0)
    assert control_address("127.0.0.2:80") == ("127.0.0.2", 80)


def test_a_sound_file_is_found_beside_the_world_and_must_be_telephone_sound(tmp_path: Path) -> None:
    world = tmp_path / "world.toml"
    world.write_text('[[phone]]\nnumber = "+393331112223"\nsays = "file:hello.wav"\n')
    with pytest.raises(ConfigError, match=r"^phone\[0\].says: .*hello.wav"):
        load_config(world)
    write_wav(tmp_path / "hello.wav", rate_hz=44100)
    with pytest.raises(ConfigError, match="8 kHz mono"):
        load_config(world)
    (tmp_path / "hello.wav").rename(tmp_path / "wrong.wav")
    write_wav(tmp_path / "good.wav")
    world.write_text('[[phone]]\nnumber = "+393331112223"\nsays = "file:good.wav"\n')
    assert load_config(world).phones[0].says == f"file:{tmp_path / 'good.wav'}"
    world.write_text('[[phone]]\nnumber = "+393331112223"\nsays = "loop:good.wav"\n')
    assert load_config(world).phones[0].says == f"loop:{tmp_path / 'good.wav'}"
    assert sound(f"file:{tmp_path / 'good.wav'}").at(799, 4) == b"\x10\0\0\0"
    assert sound(f"loop:{tmp_path / 'good.wav'}").at(799, 4) == b"\x10\0\x10\0"


def test_a_file_that_is_not_toml_or_not_there_is_a_config_error(tmp_path: Path) -> None:
    broken = tmp_path / "broken.toml"
    broken.write_text("[[modem\n")
    for path in (broken, tmp_path / "none.toml"):
        with pytest.raises(ConfigError, match=path.name):
            load_config(path)


def test_a_phone_changes_its_habits_but_not_its_number() -> None:
    phone = parse_config({"phone": [PHONE]}).phones[0]
    assert changed_phone(phone, {"behaviour": "busy"}).behaviour == "busy"
    for wrong in ({"number": "+391"}, {"behaviour": "x"}, {"says": "tone:1"}, {"colour": "red"}, ["busy"]):
        with pytest.raises(ConfigError):
            changed_phone(phone, wrong)


def test_an_empty_world_is_a_world() -> None:
    assert parse_config({}) == Config()
