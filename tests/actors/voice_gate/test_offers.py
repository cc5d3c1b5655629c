"""What a node offers: its lines where their modems have said so, headsets that are there, no path ever."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actors.voice_gate.actor import Offers
from media.ports.voice_port import VoicePortSpec
from messages.base import Gains, VoicePort
from messages.ids import LineId, OperatorId
from runtime.published import line_files
from runtime.published.voice_files import headset_name, headset_socket

SIM1, SIM2 = LineId("sim1"), LineId("sim2")


@pytest.fixture
def offers(tmp_path: Path) -> Offers:
    line_files.write_voice(tmp_path, SIM1, VoicePort(path="/dev/v1", rate_hz=16000, frame_bytes=640))
    line_files.write_voice(tmp_path, LineId("of old"), VoicePort(path="/dev/v9"))
    (tmp_path / "voice").mkdir()
    return Offers(tmp_path, (SIM1, SIM2))


def test_a_line_is_offered_where_its_modem_has_said_that_its_voice_flows(
    tmp_path: Path, offers: Offers
) -> None:
    assert offers("sim1") == VoicePortSpec(path="/dev/v1", rate_hz=16000, frame_bytes=640)
    line_files.write_voice(tmp_path, SIM1, VoicePort(path="/dev/v3", gains=Gains(in_db=24.0)))
    assert offers("sim1") == VoicePortSpec(path="/dev/v3", gains=Gains(in_db=24.0))


def test_a_line_without_voice_and_one_that_is_no_longer_of_this_node_are_not(offers: Offers) -> None:
    assert offers("sim2") is None
    assert offers("of old") is None


def test_a_headset_is_offered_while_its_socket_is_there(tmp_path: Path, offers: Offers) -> None:
    marta = OperatorId("marta")
    assert offers(headset_name(marta)) is None
    path = headset_socket(tmp_path, marta)
    path.write_text("no socket")
    assert offers(headset_name(marta)) is None
    path.unlink()
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as made:
        made.bind(str(path))
        assert offers(headset_name(marta)) == VoicePortSpec(
            path=str(path), rate_hz=16000, frame_bytes=640, kind="unix"
        )


@pytest.mark.parametrize(
    "name",
    ["voice/../notify/x.sock", "voice/..sock", "voice/.sock", "voice/a/b.sock", "../sim1", "sim1.voice-port",
     "/dev/v1", "voice/marta.sock\n", "voice/\0.sock", ""],
)  # fmt: skip
def test_a_path_is_no_name(offers: Offers, name: str) -> None:
    assert offers(name) is None


@given(
    name=st.text(max_size=80) | st.text(alphabet="voice/.sk~", max_size=30).map(lambda end: f"voice/{end}")
)
def test_whatever_the_name_nothing_is_opened_that_was_not_published(
    tmp_path_factory: pytest.TempPathFactory, name: str
) -> None:
    run = tmp_path_factory.getbasetemp()
    assert Offers(run, (SIM1,))(name) is None


def test_what_cannot_be_read_is_no_voice(tmp_path: Path, offers: Offers) -> None:
    (tmp_path / "sim1.voice-port").write_bytes(b'{"rate_hz": "many"}')
    assert offers("sim1") is None
