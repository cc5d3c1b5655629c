"""A carrier as a real process, for tests that need true ports; and waiting for things without sleeping for a
fixed time."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import httpx
import serial

from tests.support.there import is_a
from tests.waiting import wait_until

T = TypeVar("T")
PATIENCE_S = 20.0
ROOT = Path(__file__).parents[2]


def until(condition: Callable[[], T], what: str) -> T:
    """Wait until the condition gives something true, and return that."""
    return wait_until(condition, within_s=PATIENCE_S, what=what)


@dataclass
class CarrierProcess:
    """`python -m simulator` with its control API."""

    process: subprocess.Popen[bytes]
    directory: Path
    ready: dict[str, object]
    http: httpx.Client

    def port(self, name: str, kind: str = "at") -> Path:
        return self.directory / f"{name}.{kind}"

    def calls(self) -> list[dict[str, Any]]:
        return is_a(list, self.http.get("/calls").json())

    def call_state(self) -> object:
        calls = self.calls()
        return calls[-1]["state"] if calls else None


def start(world: Path, directory: Path, *, wait: bool = True) -> subprocess.Popen[bytes]:
    process = subprocess.Popen(
        [sys.executable, "-m", "simulator", str(world), "--directory", str(directory)],
        cwd=ROOT,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    if wait:
        until(lambda: (directory / "carrier.json").exists() or process.poll() is not None, "ready")
    return process


def stop(process: subprocess.Popen[bytes]) -> bytes:
    """End it in order; returns what it has logged."""
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
    try:
        return process.communicate(timeout=PATIENCE_S)[1]
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        raise


@contextlib.contextmanager
def carrier(world_text: str, directory: Path) -> Iterator[CarrierProcess]:
    """A running carrier in an empty directory; stopped at the end, however the test goes."""
    world = directory / "world.toml"
    world.write_text(world_text)
    run = directory / "run"
    process = start(world, run)
    try:
        assert process.poll() is None, process.communicate()[1].decode()
        ready = json.loads((run / "carrier.json").read_text())
        with httpx.Client(base_url=ready["control"], timeout=PATIENCE_S) as http:
            yield CarrierProcess(process, run, ready, http)
    finally:
        stop(process)


class Port(contextlib.AbstractContextManager["Port"]):
    """A modem's AT port as the gateway opens it: exclusively, with HUPCL cleared."""

    def __init__(self, path: Path) -> None:
        import termios

        self.serial = serial.Serial(str(path), 115200, exclusive=True, timeout=0.05)
        attributes = termios.tcgetattr(self.serial.fileno())
        attributes[2] &= ~termios.HUPCL
        termios.tcsetattr(self.serial.fileno(), termios.TCSANOW, attributes)
        self.seen = b""

    def __exit__(self, *_: object) -> None:
        self.serial.close()

    def ask(self, command: str, answer: bytes = b"\r\nOK\r\n") -> bytes:
        """Send a command and wait for the answer; returns all that came up to it."""
        self.serial.write(f"{command}\r".encode())
        return self.wait(answer)

    def wait(self, answer: bytes) -> bytes:
        def came() -> bool:
            self.seen += self.serial.read(4096)
            return answer in self.seen

        until(came, f"{answer!r} in {self.seen!r}")
        before, _, self.seen = self.seen.partition(answer)
        return before + answer


HOST_SCRIPT = """
import sys, termios, time
import serial
path, clear, number = sys.argv[1:]
port = serial.Serial(path, 115200, exclusive=True, timeout=0.05)
if clear == "clear":
    attributes = termios.tcgetattr(port.fileno())
    attributes[2] &= ~termios.HUPCL
    termios.tcsetattr(port.fileno(), termios.TCSANOW, attributes)
port.write(b"ATE0&D0\\r")
seen = b""
while b"OK" not in seen:
    seen += port.read(100)
port.write(b"ATD" + number.encode() + b";\\r")
print("dialled", flush=True)
while True:
    port.read(100)
"""


@contextlib.contextmanager
def host(path: Path, *, hupcl: bool, number: str) -> Iterator[subprocess.Popen[bytes]]:
    """Another process that opens the port, sends AT&D0, dials, and stays until it is killed."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOST_SCRIPT, str(path), "keep" if hupcl else "clear", number],
        stdout=subprocess.PIPE,
        cwd=ROOT,
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == b"dialled\n"
        yield process
    finally:
        if process.poll() is None:
            os.kill(process.pid, signal.SIGKILL)
        process.communicate()
