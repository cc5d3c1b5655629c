"""`modem setup` with simulated modems: shown, set, started anew, and read back."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Iterator
from functools import partial

import pytest

from application.errors import CenterError
from application.state.state_dir import StateDir
from center import cli
from center.modems import own_settings
from center.modems.own_settings import ask_again
from center.modems.questions import questions
from gateways.gsm.dialects.loading import installed_dialects
from gateways.gsm.port.places import present_ports
from tests.support.carriers import carrier_of, modem, phone

pytestmark = pytest.mark.process

OUT_OF_VOLTE = """'+QCFG="ims"' = "2\""""


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StateDir]:
    modems = (
        modem("unset", "quectel_ec2x", f"""memory = {{ {OUT_OF_VOLTE}, '+QMBNCFG="AutoSel"' = "0" }}"""),
        modem("forgetful", "quectel_ec2x", f"""memory = {{ {OUT_OF_VOLTE} }}\nforgets = ['+QCFG="ims"']"""),
        modem("asked", "quectel_ec2x", f"memory = {{ {OUT_OF_VOLTE} }}"),
        modem("plain", "zte"),
    )
    with carrier_of(tmp_path_factory.mktemp("setup"), *modems, phone("+393331112223", "")) as made:
        yield made


def setup(state: StateDir, name: str, *options: str) -> int:
    return cli.run(["modem", "setup", str(state.run / f"{name}.at"), "--state", str(state.path), *options])


def test_it_is_shown_and_nothing_is_set_until_somebody_agrees(
    state: StateDir, capfd: pytest.CaptureFixture[str]
) -> None:
    for _ in range(2):
        assert setup(state, "unset") == 2
        said = capfd.readouterr()
        assert 'ims: is "ims",2,1; AT+QCFG="ims",1' in said.out
        assert "without VoLTE every call needs 2G or 3G" in said.out
        assert 'service_domain: correct ("servicedomain",2)' in said.out
        assert "repeat with --yes" in said.err


class Terminal(io.StringIO):
    """Somebody who has typed this."""

    def isatty(self) -> bool:
        return True


def test_somebody_who_says_no_leaves_all_as_it_is_and_enter_sets_it(
    state: StateDir, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", Terminal("n\n"))
    assert setup(state, "asked") == 1
    said = capfd.readouterr()
    assert "Press Enter to set these and restart the modem, Ctrl-C to change nothing" in said.err
    assert "read back" not in said.out
    monkeypatch.setattr(sys, "stdin", Terminal("\n"))
    assert setup(state, "asked") == 0
    assert "  ims: set" in capfd.readouterr().out


def test_what_is_set_is_read_back_after_the_modem_has_started_anew(
    state: StateDir, capfd: pytest.CaptureFixture[str]
) -> None:
    assert setup(state, "unset", "--yes", "--usb-audio", "--json") == 0
    told = json.loads(capfd.readouterr().out)
    assert set(told["changed"]) == {"ims", "carrier_profile", "gnss_port", "usb_audio"}
    assert {one["standing"] for one in told["items"]} == {"as_wanted"}
    assert next(one["is_now"] for one in told["items"] if one["name"] == "usb_audio").endswith(
        "1,1,1,1,1,0,1"
    )
    assert not (state.path / "lines/.setup.port").exists()
    assert setup(state, "unset", "--usb-audio") == 0
    assert "all settings of the modem are correct" in capfd.readouterr().out


def test_a_setting_that_does_not_stay_is_told(state: StateDir, capfd: pytest.CaptureFixture[str]) -> None:
    assert setup(state, "forgetful", "--yes") == 1
    said = capfd.readouterr().out
    assert 'ims: NOT KEPT, is "ims",2,1' in said
    assert "gnss_port: set" in said


def test_a_modem_of_which_nothing_is_known_is_told_so(
    state: StateDir, capfd: pytest.CaptureFixture[str]
) -> None:
    assert setup(state, "plain") == 0
    assert "no settings are known for this kind of modem" in capfd.readouterr().out


def test_a_modem_that_comes_back_under_another_name_is_found_by_its_imei(
    state: StateDir, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(own_settings, "present_ports", partial(present_ports, state.run))
    with questions(str(state.run / "forgetful.at")) as asked:
        imei = asked.identify()[3]
        kind = asked.dialect
    gone = str(state.run / "it-was-here.at")
    where, found = ask_again(gone, imei, kind, [], state, usb_audio=False)
    assert where == str(state.run / "forgetful.at")
    assert [one.name for one in found] == [one.name for one in kind.data.kept if not one.only]


def test_a_modem_that_does_not_come_back_is_told_with_what_was_looked_at(
    state: StateDir, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(own_settings, "present_ports", partial(present_ports, state.run))
    monkeypatch.setattr(own_settings, "BACK_WITHIN_S", 0.5)
    kind = installed_dialects().get("quectel_ec2x")
    with pytest.raises(CenterError, match=r"has not restarted: no port has the modem with IMEI 35\d+"):
        ask_again("/dev/gone", "356938035643809", kind, [], state, usb_audio=False)
    assert not (state.path / "lines/.setup.port").exists()


def test_nothing_is_asked_of_a_modem_that_holds_a_call(
    state: StateDir, capfd: pytest.CaptureFixture[str]
) -> None:
    """A center that was stopped leaves its calls up in the modem: a start anew would end them."""
    with questions(str(state.run / "plain.at")) as asked:
        assert asked.ask("AT&D0").ok
        assert asked.ask("ATD+393331112223;").ok
        assert asked.ask("AT+CLCC").lines
    assert setup(state, "plain", "--yes") != 0
    assert "the modem has a call: hang up first" in capfd.readouterr().err
    with questions(str(state.run / "plain.at")) as asked:
        assert asked.ask("AT+CHUP").ok
