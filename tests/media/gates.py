"""Voice gates for tests: in a thread, in a process that can be killed, and a network that can stand still."""

from __future__ import annotations

import os
import select
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from media.conference.roster import OpenPort
from media.gate.gate import Gate, Offer
from media.gate.wire import listening
from media.ports.node_port import NodePass, NodeVoicePort, node_pass, node_spec
from media.ports.opening import open_port
from media.ports.voice_port import VoicePortSpec
from tests.support.there import is_a

ROOT = Path(__file__).resolve().parents[2]
SECRET = b"a secret of thirty-two bytes: ok"
OTHER_SECRET = b"A secret of thirty-two bytes: no"


def let_in(secret: bytes = SECRET) -> NodePass:
    return node_pass(secret)


def at(gate: Gate | GateProcess | Cable) -> str:
    host, port = gate.address
    return f"{host}:{port}"


def opened(gate: Gate | GateProcess | Cable, name: str, who: NodePass | None = None) -> NodeVoicePort:
    return is_a(NodeVoicePort, open_port(node_spec(at(gate), name), let_in_by=who or let_in()))


@contextmanager
def gate_of(offer: Offer, *, port_of: OpenPort = open_port, secret: bytes = SECRET) -> Iterator[Gate]:
    gate = Gate(listening("127.0.0.1", (0,)), secret, offer, open_port=port_of)
    gate.start()
    try:
        yield gate
    finally:
        gate.stop()


class GateProcess:
    """A gate in a process of its own that offers these ttys by their names."""

    def __init__(self, *paths: Path, port: int = 0) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.media.gates", str(port), *map(str, paths)],
            cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert self.process.stdout is not None
        assert self.process.stdout.readline() == "ready\n"
        self.address = ("127.0.0.1", port)

    def open(self) -> None:
        """Listen, as a process does that has everything imported already."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write("open\n")
        self.process.stdin.flush()
        self.address = ("127.0.0.1", int(self.process.stdout.readline()))

    def signal(self, number: signal.Signals) -> None:
        """Once this returns, a process that was told to stand still does; that takes it a moment."""
        self.process.send_signal(number)
        if number is signal.SIGSTOP:
            os.waitid(os.P_PID, self.process.pid, os.WSTOPPED)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(10)
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()


class Cable:
    """A network between a port and a gate that forwards, until it is cut: then nothing comes, and no end."""

    def __init__(self, to: tuple[str, int]) -> None:
        self._to = to
        self._listener = listening("127.0.0.1", (0,))
        self.address: tuple[str, int] = self._listener.getsockname()[:2]
        self.cut = threading.Event()
        self._stopping = threading.Event()
        self._other: dict[socket.socket, socket.socket] = {}
        self._thread = threading.Thread(target=self._run, name="cable", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        while not self._stopping.is_set():
            if self.cut.is_set():
                self._stopping.wait(0.005)
                continue
            ready, _, _ = select.select([self._listener, *self._other], [], [], 0.005)
            for one in ready:
                if one is self._listener:
                    near, _ = self._listener.accept()
                    far = socket.create_connection(self._to)
                    for side in (near, far):
                        side.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                    self._other |= {near: far, far: near}
                elif one in self._other:
                    self._forward(one)

    def _forward(self, one: socket.socket) -> None:
        other = self._other[one]
        with suppress(OSError):
            if data := one.recv(65536):
                other.sendall(data)
                return
        for side in (one, other):
            del self._other[side]
            side.close()

    def close(self) -> None:
        self._stopping.set()
        self._thread.join(5)
        for side in (self._listener, *self._other):
            side.close()


def main() -> None:
    port, *paths = sys.argv[1:]
    offers = {Path(path).name: VoicePortSpec(path=path) for path in paths}
    print("ready", flush=True)
    sys.stdin.readline()
    gate = Gate(listening("127.0.0.1", (int(port),)), SECRET, offers.get)
    gate.start()
    print(gate.address[1], flush=True)
    sys.stdin.read()  # until killed, or until the test is gone
    gate.stop()


if __name__ == "__main__":
    main()
