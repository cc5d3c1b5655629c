"""`modem list`: a modem that no line names is asked what it is, and `--toml` prints its lines."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from center import cli
from center.commands.modems.listing import told
from center.modems import obstacles
from center.modems.unnamed import GivesVoice, ModemAnswers, Unnamed, as_settings
from messages.ids import LineId
from model.settings import Settings
from model.settings.lines import Modem, Trunk
from tests.support.carriers import carrier_of, modem
from tests.support.usb_machine import QUECTEL, Machine

ONE, TWO = "+390200000001", "+390200000002"


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Machine]:
    """An EC25 and a stick without voice firmware, whose ports are simulated modems'."""
    machine = Machine(tmp_path / "machine")
    machine.plug("1-2", QUECTEL, {1: "ttyUSB1", 2: "ttyUSB2"}, attributes={"power/control": "auto"})
    machine.plug("1-3", "12d1:1001", {1: "ttyUSB5", 2: "ttyUSB6"})
    ec25 = 'imei = "490154203237518"\ncard = "8939990000000000011"'
    modems = (
        modem("one", "quectel_ec2x", ec25, number=ONE),
        modem("two", "huawei", "voice = false", number=TWO),
    )
    with carrier_of(tmp_path, *modems) as state:
        for tty, name in (("ttyUSB2", "one"), ("ttyUSB6", "two")):
            (machine.dev / tty).unlink()
            (machine.dev / tty).symlink_to(state.run / f"{name}.at")
        monkeypatch.setattr(obstacles, "HERE", machine.roots)
        yield machine


@pytest.mark.process
def test_a_modem_that_no_line_names_is_told_with_all_that_it_says_and_what_is_in_its_way(
    machine: Machine, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert cli.run(["modem", "list", "--state", str(tmp_path / "state")]) == 0
    said = capfd.readouterr().out
    assert "Quectel EC25 EC25EFAR06A06M4G, at usb:1-2, unassigned, IMEI 490154203237518" in said
    assert "SIM READY 8939990000000000011 +390200000001, in its network Simulated, -71 dBm" in said
    assert "audio by a port of its own" in said
    assert "its firmware provides no audio to the host" in said
    assert "modem at usb:1-2: the kernel suspends the modem while it is idle" in said

    assert cli.run(["modem", "list", "--toml", "--state", str(tmp_path / "state")]) == 0
    one, two = tomllib.loads(capfd.readouterr().out)["modem"]
    assert one == {"name": "line1", "trunk": "public", "imei": "490154203237518", "number": ONE}
    assert (two["name"], two["number"]) == ("line2", TWO)


EC25 = Unnamed(position="1-2", usb=QUECTEL, maker="Quectel", product="EG25-G", dialect="quectel_ec2x")


def test_the_lines_have_a_name_that_is_free_and_a_sound_card_where_it_shows_one() -> None:
    settings = Settings(
        trunk=(Trunk(name="emergency", emergency=True), Trunk(name="town")),
        modem=(Modem(name="line1", trunk="town", port="/dev/ttyS0"),),
    )
    asked = ModemAnswers(modem=EC25, answers=True, imei="", voice=GivesVoice.CARD)
    (table,) = tomllib.loads(as_settings(asked, settings, set()))["modem"]
    assert table == {"name": "line2", "trunk": "town", "port": "usb:1-2", "voice_port": "alsa"}
    assert msgspec.convert(table, Modem).name == "line2"


@pytest.mark.parametrize("voice", GivesVoice)
def test_every_kind_of_voice_has_its_words(voice: GivesVoice) -> None:
    assert told(ModemAnswers(modem=EC25, answers=True, voice=voice)).count(",") >= 3


def test_one_that_does_not_answer_is_told_with_the_reason_and_with_whose_it_may_be() -> None:
    silent = ModemAnswers(modem=EC25, answers=False, text="/dev/ttyUSB2: no modem answers at this port")
    assert told(silent) == (
        "Quectel EG25-G at usb:1-2, unassigned: /dev/ttyUSB2: no modem answers at this port"
    )
    perhaps = msgspec.structs.replace(EC25, perhaps=(LineId("milano1"),))
    assert "unassigned, or of line milano1" in told(ModemAnswers(modem=perhaps, answers=True))
    assert json.loads(msgspec.json.encode(silent))["answers"] is False
