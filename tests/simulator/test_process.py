"""The carrier as a process: real ports, real hosts, the control API, start and stop."""

from __future__ import annotations

import fcntl
import json
import os
import signal
import struct
import subprocess
import sys
import termios
import time
import wave
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

import httpx
import numpy as np
import pytest
import serial

from simulator.network.sound import RATE_HZ, tone
from tests.simulator.process import ROOT, CarrierProcess, Port, carrier, host, start, stop, until
from tests.simulator.test_voice import level
from tests.support.there import is_a

pytestmark = pytest.mark.process

USER = "+393331112223"
AHEAD_S = 0.1
"""What is written before it is due: a host that comes late leaves no hole in the tone."""
WORLD = """
[simulator]
control = "127.0.0.1:0"
[[modem]]
name = "h"
dialect = "huawei"
number = "+390200000001"
setup_time_s = 0.05
[[modem]]
name = "s"
dialect = "simcom7600"
trunk = "emergency"
number = "+390200000002"
setup_time_s = 0.05
[[modem]]
name = "mute"
dialect = "3gpp"
number = "+390200000003"
voice = false
[[phone]]
number = "+393331112223"
name = "Giulia Rossi"
rings_after_s = 0.05
answers_after_s = 0.05
setup_time_s = 0.05
says = "tone:440"
[[phone]]
number = "112"
rings_after_s = 0.05
answers_after_s = 0.05
"""


@pytest.fixture(scope="module")
def steady(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CarrierProcess]:
    """One for all who only ask, and change nothing."""
    with carrier(WORLD, tmp_path_factory.mktemp("steady")) as running:
        yield running


@pytest.fixture
def sim(steady: CarrierProcess) -> Iterator[CarrierProcess]:
    """The same, of which what a test does to its modem `h` is taken back."""
    yield steady
    for what in ("unplug", "plug"):
        steady.http.post("/modems/h/" + what)


def read_if_there(path: Path) -> str:
    return path.read_text() if path.exists() else ""


def is_gone(port: serial.Serial) -> bool:
    """A host sees that its modem has been pulled out."""
    try:
        port.write(b"AT\r")
        port.read(100)
    except OSError:  # SerialException is one
        return True
    return False


def test_it_says_where_its_ports_and_its_control_are(steady: CarrierProcess) -> None:
    assert steady.ready["pid"] == steady.process.pid
    modems = is_a(list, steady.ready["modems"])
    assert [(m["name"], m["dialect"], m["trunk"], m["number"]) for m in modems] == [
        ("h", "huawei", "public", "+390200000001"),
        ("s", "simcom7600", "emergency", "+390200000002"),
        ("mute", "3gpp", "public", "+390200000003"),
    ]
    assert modems[2]["voice"] is None
    for path in (modems[0]["at"], modems[0]["voice"], modems[1]["at"]):
        assert Path(path).is_char_device()
        assert Path(path).is_symlink()


def test_a_call_with_voice_both_ways_in_real_time(sim: CarrierProcess) -> None:
    with Port(sim.port("h")) as at, serial.Serial(str(sim.port("h", "voice")), timeout=0.02) as voice:
        at.ask("ATE0")
        at.ask("AT&D0")
        at.ask(f"ATD{USER};", b"^CONN:1,0")
        at.ask("AT^DDSETEX=2")
        heard, said = b"", 0
        began = time.monotonic()
        while len(heard) < RATE_HZ * 2:
            assert time.monotonic() - began < 20
            while said < (time.monotonic() - began + AHEAD_S) * RATE_HZ:
                voice.write(tone(700).at(said, 320))
                said += 160
            heard += voice.read(320)
        at.ask("AT+CHUP", b"^CEND:")
    assert len(heard) % 320 == 0
    assert level(heard, 440) == pytest.approx(8000, rel=0.02)
    call = sim.calls()[-1]
    answer = sim.http.get(f"/phones/{USER}/heard.wav")
    with wave.open(BytesIO(answer.content)) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (RATE_HZ, 1, 2)
        pcm = file.readframes(file.getnframes())
    assert len(pcm) / 2 / RATE_HZ == pytest.approx(
        float(call["ended_at_s"]) - float(call["answered_at_s"]), abs=0.01
    )
    sounding = pcm.strip(b"\0")
    assert len(sounding) > 0.8 * RATE_HZ * 2
    assert level(sounding[: len(sounding) // 2 * 2], 700) > 5000


@pytest.mark.parametrize("hupcl", [True, False])
def test_killing_the_host_ends_the_call_only_when_hupcl_was_left_set(
    sim: CarrierProcess, hupcl: bool
) -> None:
    with host(sim.port("h"), hupcl=hupcl, number=USER) as process:
        until(lambda: sim.call_state() == "active", "active")
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        until(lambda: not sim.http.get("/modems/h").json()["open"], "the port is closed")
        assert sim.call_state() == ("ended" if hupcl else "active")
    with Port(sim.port("h")) as at:
        rows = at.ask("AT+CLCC")
        assert (b"+CLCC: 1,0,0,0,0," in rows) is not hupcl


def test_the_next_host_reads_nothing_that_was_meant_for_the_last_one(sim: CarrierProcess) -> None:
    with Port(sim.port("h")) as at:
        at.ask("ATE0&D0")
        at.serial.write(b"ATI\r")
        until(lambda: at.serial.in_waiting > 50, "the answer")
    until(lambda: not sim.http.get("/modems/h").json()["open"], "closed")
    with Port(sim.port("h")) as at:
        assert at.ask("AT") == b"\r\nOK\r\n"


def test_the_next_call_does_not_begin_with_what_was_unread_of_the_last_one(sim: CarrierProcess) -> None:
    path = sim.port("h", "voice")
    with Port(sim.port("h")) as at:
        at.ask("ATE0&D0")
        with opened(path) as voice:
            at.ask(f"ATD{USER};", b"^CONN:1,0")
            at.ask("AT^DDSETEX=2")
            until(lambda: waiting(voice) > 640, "voice that nobody reads")
        at.ask("AT+CHUP", b"^CEND:")
        until(lambda: unread(path) == 0, "it is forgotten")


@contextmanager
def opened(path: Path) -> Iterator[int]:
    """As a bridge opens it; pyserial would empty it."""
    descriptor = os.open(path, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
    yield descriptor
    os.close(descriptor)


def waiting(descriptor: int) -> int:
    return int(struct.unpack("i", fcntl.ioctl(descriptor, termios.FIONREAD, bytes(4)))[0])


def unread(path: Path) -> int:
    with opened(path) as voice:
        return waiting(voice)


def test_unplugging_takes_the_ports_away_and_plugging_in_brings_new_ones(sim: CarrierProcess) -> None:
    with Port(sim.port("h")) as at:
        at.ask("ATE0&D0")
        at.ask(f"ATD{USER};", b"^CONN:1,0")
        assert sim.http.post("/modems/h/unplug").json()["at"] is None
        assert not sim.port("h").exists()
        assert not sim.port("h", "voice").exists()
        until(lambda: is_gone(at.serial), "the host notices")
    assert sim.call_state() == "ended"
    assert sim.http.post("/modems/h/plug").json()["power"] == "on"
    with Port(sim.port("h")) as at:
        assert at.ask("AT").startswith(b"AT\r"), "freshly started: the echo is on"
        assert b"+CLCC" not in at.ask("ATE0;+CLCC").partition(b"\r\n")[2]


def test_the_control_api_tells_phones_and_modems(sim: CarrierProcess) -> None:
    phones = {phone["number"]: phone for phone in sim.http.get("/phones").json()}
    assert phones[USER]["name"] == "Giulia Rossi"
    assert (phones[USER]["behaviour"], phones[USER]["state"]) == ("answer", "idle")
    assert [modem["name"] for modem in sim.http.get("/modems").json()] == ["h", "s", "mute"]
    changed = sim.http.patch(f"/phones/{USER}", json={"behaviour": "busy"})
    assert changed.json()["behaviour"] == "busy"
    with Port(sim.port("mute")) as at:
        at.ask(f"ATD{USER};", b"BUSY")
    call = sim.calls()[-1]
    assert (call["from"], call["to"], call["line"], call["state"], call["cause"]) == (
        "+390200000003", USER, "mute", "ended", 17,
    )  # fmt: skip
    assert call["answered_at"] is None
    assert str(call["started_at"]) < str(call["ended_at"])
    assert str(call["ended_at"]).endswith("Z")
    sim.http.patch(f"/phones/{USER}", json={"behaviour": "answer"})


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "/nothing", None, 404),
        ("GET", "/phones/+39999", None, 404),
        ("DELETE", "/phones", None, 405),
        ("GET", "/modems/x", None, 404),
        ("POST", "/modems/x/unplug", None, 404),
        ("POST", f"/phones/{USER}/call", b"{}", 400),
        ("POST", f"/phones/{USER}/call", b"{", 400),
        ("PATCH", f"/phones/{USER}", b'{"behaviour": "odd"}', 400),
        ("PATCH", f"/phones/{USER}", b"[]", 400),
        ("POST", f"/phones/{USER}/answer", None, 409),
        ("POST", f"/phones/{USER}/hang_up", None, 409),
        ("GET", "/phones/112/heard.wav", None, 404),
        ("POST", "/modems/h/mute", b'{"for_s": -1}', 400),
        ("POST", "/modems/h/vices", b'{"lies": true}', 400),
        ("POST", "/modems/x/vices", None, 404),
        ("POST", "/modems/x/reboot", None, 404),
    ],
)
def test_the_control_api_refuses_with_the_right_status(
    steady: CarrierProcess, method: str, path: str, body: bytes | None, status: int
) -> None:
    answer = steady.http.request(method, path, content=body)
    assert answer.status_code == status
    assert answer.json()["error"]


def test_a_modem_is_spoilt_and_started_anew_over_the_control_api(sim: CarrierProcess) -> None:
    said = sim.http.post("/modems/h/vices", json={"glued_lines": True, "noise_every_s": 5}).json()
    assert (said["vices"]["glued_lines"], said["vices"]["noise_every_s"]) == (True, 5.0)
    for word, stat in (("searching", 2), ("home", 1)):
        said = sim.http.post("/modems/h/vices", json={"registration": word}).json()
        assert (said["registration"], said["sim"]) == (stat, "READY")
    said = sim.http.post("/modems/h/vices", json={"glued_lines": False, "noise_every_s": 0}).json()
    assert (said["vices"]["glued_lines"], said["vices"]["noise_every_s"]) == (False, 0.0)
    assert sim.http.post("/modems/h/reboot").json()["power"] == "booting"
    until(lambda: sim.http.get("/modems/h").json()["power"] == "on", "it is there again")


STARTER = """
import os, signal, subprocess, sys
carrier = [sys.executable, "-m", "simulator", *sys.argv[1:]]
subprocess.Popen(carrier, stderr=subprocess.PIPE, start_new_session=True)
sys.stdin.read()
"""


def test_it_outlives_whoever_started_it_with_its_calls(tmp_path: Path) -> None:
    (tmp_path / "world.toml").write_text(WORLD)
    run = tmp_path / "run"
    arguments = [sys.executable, "-c", STARTER, str(tmp_path / "world.toml"), "--directory", str(run)]
    starter = subprocess.Popen(arguments, stdin=subprocess.PIPE, cwd=ROOT)
    ready = json.loads(until(lambda: read_if_there(run / "carrier.json"), "ready"))
    try:
        with Port(run / "h.at") as at:
            at.ask("ATE0&D0")
            at.ask(f"ATD{USER};", b"^CONN:1,0")
            starter.kill()
            starter.communicate()
        calls = httpx.get(f"{ready['control']}/calls").json()  # closing the port is logged to nobody
        assert calls[0]["state"] == "active"
        newer = httpx.get(f"{ready['control']}/calls", params={"after": calls[0]["id"]})
        assert newer.json() == []
        assert httpx.get(f"{ready['control']}/calls", params={"after": "x"}).status_code == 400
        with Port(run / "h.at") as at:
            assert b"+CLCC: 1,0,0," in at.ask("AT+CLCC")
    finally:
        starter.kill()
        starter.communicate()
        os.kill(ready["pid"], signal.SIGTERM)
        until(lambda: not (run / "carrier.json").exists(), "stopped")


def test_it_stops_in_order_and_leaves_nothing_behind(tmp_path: Path) -> None:
    for number in (signal.SIGTERM, signal.SIGINT):
        with carrier(WORLD, tmp_path) as sim:
            began = time.monotonic()
            sim.process.send_signal(number)
            assert sim.process.wait(timeout=10) == 0
            assert time.monotonic() - began < 5
            assert not (sim.directory / "carrier.json").exists()
            assert not [path for path in sim.directory.iterdir() if path.is_symlink()]


def test_a_second_carrier_in_the_same_directory_does_not_start(steady: CarrierProcess) -> None:
    second = start(steady.directory.with_name("world.toml"), steady.directory, wait=False)
    assert second.wait(timeout=20) == 1
    assert b"another simulated carrier runs in" in stop(second)
    assert json.loads((steady.directory / "carrier.json").read_text())["pid"] == steady.process.pid


def test_a_killed_carrier_is_replaced_in_the_same_directory(tmp_path: Path) -> None:
    with carrier(WORLD, tmp_path) as sim:
        os.kill(sim.process.pid, signal.SIGKILL)
        sim.process.wait()
    with carrier(WORLD, tmp_path) as sim:
        until(
            lambda: json.loads((sim.directory / "carrier.json").read_text())["pid"] == sim.process.pid,
            "ready",
        )
        with Port(sim.port("h")) as at:
            at.ask("AT")


def test_a_wrong_file_is_told_with_the_path_of_the_fault(tmp_path: Path) -> None:
    world = tmp_path / "world.toml"
    world.write_text('[[modem]]\nname = "a"\ndialect = "huawei"\nnumber = "+390200000001"\nbaud = 9600\n')
    process = start(world, tmp_path / "run")
    assert process.wait(timeout=20) == 2
    assert b"modem[0]: " in stop(process)


def test_a_taken_control_port_is_an_error_unless_any_will_do(steady: CarrierProcess, tmp_path: Path) -> None:
    taken = str(steady.ready["control"]).rpartition(":")[2]
    world = tmp_path / "second.toml"
    world.write_text(f'[simulator]\ncontrol = "127.0.0.1:{taken}"\n')
    process = start(world, tmp_path / "second")
    assert process.wait(timeout=20) == 1
    stop(process)
    world.write_text(f'[simulator]\ncontrol = "127.0.0.1:{taken}"\ncontrol_any_port = true\n')
    process = start(world, tmp_path / "second")
    try:
        assert (
            json.loads((tmp_path / "second" / "carrier.json").read_text())["control"]
            != steady.ready["control"]
        )
    finally:
        stop(process)


def test_frames_come_every_20_ms_and_a_host_that_does_not_read_blocks_nobody(sim: CarrierProcess) -> None:
    with Port(sim.port("h")) as at, serial.Serial(str(sim.port("h", "voice")), timeout=0.05) as voice:
        at.ask("ATE0&D0")
        at.ask(f"ATD{USER};", b"^CONN:1,0")
        at.ask("AT^DDSETEX=2")
        until(lambda: voice.in_waiting >= 4000, "nobody reads")
        at.ask("AT+CSQ")
        voice.reset_input_buffer()
        began, received = time.monotonic(), 0
        while (elapsed := time.monotonic() - began) < 1.0:
            received += len(voice.read(320))
        assert 0.6 < received / (RATE_HZ * 2 * elapsed) < 2.4, "a codec's rate, and what had piled up"
        assert np.frombuffer(voice.read(320), dtype="<i2").any()
