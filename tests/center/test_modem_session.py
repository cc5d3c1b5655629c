"""The command line's own hand on a modem: asked, traced and called with, and never an emergency number."""

from __future__ import annotations

import json
import os
import select
import threading
import tty
from collections.abc import Iterator
from pathlib import Path

import pytest

from application.state.state_dir import StateDir
from center import cli
from tests.support.carriers import carrier_of, modem, network, phone
from tests.waiting import wait_until

pytestmark = pytest.mark.process

ENDS, BUSY, STAYS, CALLS_IN = (f"+39333111222{n}" for n in (3, 4, 5, 6))
OURS = "+390200000001"
CALL = ["call.dialing", "call.ringing", "call.answered", "call.released"]


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StateDir]:
    phones = (
        phone(ENDS, "answers_after_s = 0.1\nhangs_up_after_s = 0.3"),
        phone(BUSY, 'behaviour = "busy"'),
        phone(STAYS),
        phone(CALLS_IN),
    )
    with carrier_of(
        tmp_path_factory.mktemp("session"), modem("sim1", "simcom7600", number=OURS), *phones
    ) as made:
        yield made


@pytest.fixture
def port(state: StateDir) -> str:
    return str(state.run / "sim1.at")


def test_a_modem_says_what_it_is_and_what_such_modems_are_known_to_do(
    port: str, capfd: pytest.CaptureFixture[str]
) -> None:
    assert cli.run(["modem", "probe", port, "--json"]) == 0
    (found,) = json.loads(capfd.readouterr().out)
    assert (found["answers"], found["dialect"], found["sim"]) == (True, "simcom7600", "READY")
    assert len(found["imei"]) == 15
    assert cli.run(["modem", "probe", port]) == 0
    said = capfd.readouterr().out.splitlines()
    assert "dialect simcom7600 (SIMCom SIM7600)" in said[0]
    assert "  note: ATH is answered OK and does nothing unless AT+CVHU=0" in said


@pytest.mark.parametrize(
    ("answer", "words"),
    [(b"", "no modem has answered within "), (b"\r\nOK\r\n", "the device does not answer as a modem does")],
)
def test_it_is_said_what_came_from_a_port_that_is_no_modems_and_after_how_long(
    answer: bytes, words: str, capfd: pytest.CaptureFixture[str]
) -> None:
    """It was "not within 15 s" after 2.7 s, and of one that had answered OK."""
    ours, theirs = os.openpty()
    tty.setraw(theirs)
    ended = threading.Event()

    def say() -> None:
        while not ended.is_set():
            if select.select([ours], [], [], 0.05)[0]:
                os.read(ours, 4096)
                os.write(ours, answer)

    speaker = threading.Thread(target=say)
    speaker.start()
    try:
        assert cli.run(["modem", "probe", os.ttyname(theirs)]) == 1
    finally:
        ended.set()
        speaker.join()
        os.close(ours)
        os.close(theirs)
    said = capfd.readouterr().out
    assert words in said
    assert "15 s" not in said


def test_a_call_goes_from_the_dial_to_the_end_and_its_trace_is_read_again_without_a_dialect(
    port: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    trace = tmp_path / "call.trace"
    assert cli.run(["modem", "call", port, ENDS, "--json", "--trace", str(trace)]) == 0
    assert events(capfd) == CALL
    assert "SIM7600" in trace.read_text()
    assert cli.run(["modem", "replay", str(trace), "--json"]) == 0
    assert events(capfd) == CALL


def events(capfd: pytest.CaptureFixture[str]) -> list[str]:
    return [json.loads(line)["event"] for line in capfd.readouterr().out.splitlines()]


def test_a_call_that_is_not_answered_is_exit_code_1(port: str, capfd: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["modem", "call", port, BUSY, "--json"]) == 1
    assert json.loads(capfd.readouterr().out.splitlines()[-1])["cause"] == 17


def test_a_call_does_not_end_with_that_of_somebody_who_calls_in_meanwhile_and_gives_up(
    state: StateDir, port: str, capfd: pytest.CaptureFixture[str]
) -> None:
    """Its end was taken for the call's: the command was over, and the call stood in the modem, paid for."""
    with network(state) as ask:

        def states(to: str) -> list[str]:
            return [one["state"] for one in ask.get("/calls").json() if one["to"] == to]

        def call_in() -> None:
            wait_until(lambda: "active" in states(STAYS))
            ask.post(f"/phones/{CALLS_IN}/call", json={"to": OURS})
            wait_until(lambda: "ringing" in states(OURS))
            ask.post(f"/phones/{CALLS_IN}/hang_up")

        other = threading.Thread(target=call_in)
        other.start()
        assert cli.run(["modem", "call", port, STAYS, "--json", "--seconds", "3"]) == 0
        other.join()
        told = [json.loads(line) for line in capfd.readouterr().out.splitlines()]
        assert [(one["event"], one["number"]) for one in told][3:] == [
            ("call.waiting", CALLS_IN),
            ("call.released", CALLS_IN),
            ("call.released", STAYS),
        ]
        assert states(STAYS) == ["ended"]


def test_a_trace_of_a_session_can_be_replayed(
    port: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "session.trace"
    assert cli.run(["modem", "trace", port, "--out", str(out), "--seconds", "0.5"]) == 0
    assert "> AT+CLCC" in out.read_text()
    assert cli.run(["modem", "replay", str(out), "--json"]) == 0
    assert capfd.readouterr().out == ""


def test_nothing_but_a_modem_is_told_so(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["modem", "probe", str(tmp_path / "none")]) == 1
    assert "No such file" in capfd.readouterr().out
