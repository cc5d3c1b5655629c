"""`modem call --voice`: a line's voice tried both ways, against the carrier, and told in words."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from application.state.state_dir import StateDir
from center import cli
from media.conference.sounds import FOLDER
from messages.ids import LineId
from runtime.published import line_files
from tests.support.carriers import carrier_of, modem, phone

pytestmark = [pytest.mark.process, pytest.mark.timeout(120)]

SPEAKS, SILENT = "+393331112223", "+393331112224"


class Site(NamedTuple):
    state: StateDir
    capfd: pytest.CaptureFixture[str]

    def call(self, modem: str, number: str, *options: str, seconds: int = 3) -> int:
        port = str(self.state.run / f"{modem}.at")
        common = ("--state", str(self.state.path), "--seconds", str(seconds))
        return cli.run(["modem", "call", port, number, "--voice", *options, *common])

    def reports(self) -> list[dict[str, Any]]:
        told = [json.loads(line) for line in self.capfd.readouterr().out.splitlines()]
        return [one for one in told if one["event"] == "voice"]


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StateDir]:
    tables = (
        modem("sim1", "simcom7600"),
        modem("mute", "huawei", "no_voice = true"),
        modem("wears", "simcom7600", "pcm_worn_after = 1"),
        phone(SPEAKS, f'answers_after_s = 0.1\nsays = "loop:{FOLDER / "psap_stay.en.wav"}"'),
        phone(SILENT, 'behaviour = "busy"'),
    )
    with carrier_of(tmp_path_factory.mktemp("voice"), *tables) as made:
        yield made


@pytest.fixture
def site(state: StateDir, capfd: pytest.CaptureFixture[str]) -> Site:
    return Site(state, capfd)


@pytest.mark.timed
def test_a_voice_that_works_is_measured_and_can_be_sent_in_a_file(site: Site, tmp_path: Path) -> None:
    file = tmp_path / "line.trace"
    # A rate, measured over six seconds.
    assert site.call("sim1", SPEAKS, "--json", "--out", str(file), seconds=6) == 0
    (one,) = site.reports()
    assert one["path"].endswith("sim1.voice")
    assert one["findings"] == []
    assert one["tries"] >= 1
    assert one["opened_after_s"] < 3
    assert one["in_bytes_s"] == pytest.approx(16000, rel=0.06)
    assert one["out_bytes_s"] == pytest.approx(16000, rel=0.06)
    assert one["into"]["dbfs"] == pytest.approx(-20, abs=2)
    assert one["out"]["dbfs"] == pytest.approx(-20, abs=2)
    assert one["echo"] is None
    levels = line_files.levels_of_lines(site.state.path)[LineId("sim1")]
    assert levels.into.dbfs == one["into"]["dbfs"], "the doctor need not ask for it any more"
    assert "# the voice works: no fault was measured at this end" in file.read_text()


def test_a_modem_that_gives_silence_is_told_in_words_and_is_exit_code_1(site: Site) -> None:
    assert site.call("mute", SPEAKS) == 1
    said = site.capfd.readouterr().out
    assert "! only digital silence comes" in said
    assert "the voice works" not in said


def test_a_modem_whose_voice_is_worn_by_its_first_call_is_found_by_the_second(
    site: Site, tmp_path: Path
) -> None:
    file = tmp_path / "line.trace"
    assert site.call("wears", SPEAKS, "--twice", "--json", "--out", str(file)) == 1
    first, second = site.reports()
    assert (first["call"], second["call"]) == (1, 2)
    assert "worn" not in first["findings"]
    assert "worn" in second["findings"]
    assert cli.run(["modem", "replay", str(file), "--json"]) == 0
    told = [json.loads(line)["event"] for line in site.capfd.readouterr().out.splitlines()]
    assert told.count("call.answered") == 2


def test_of_a_call_that_nobody_answers_the_voice_is_not_known(site: Site) -> None:
    assert site.call("sim1", SILENT) == 1
    assert "the call was not answered: the voice was not tested" in site.capfd.readouterr().out


def test_an_emergency_number_is_never_called_to_try_a_voice(site: Site) -> None:
    assert site.call("sim1", "112") == 2
    assert "call.dialing" not in site.capfd.readouterr().out
