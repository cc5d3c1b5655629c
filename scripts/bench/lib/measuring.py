"""What the benchmarks share: figures of a distribution, the machine, and the floors of disk and actors."""

from __future__ import annotations

import os
import platform
import socket
import time
from collections.abc import Iterable
from pathlib import Path

from thespian.actors import Actor, ActorAddress, ActorExitRequest, ActorSystem


def quantiles(values_s: Iterable[float]) -> dict[str, float]:
    """Seconds as milliseconds: median, tails and the worst."""
    ordered = sorted(values_s)

    def at(part: float) -> float:
        return round(ordered[min(len(ordered) - 1, int(part * len(ordered)))] * 1000, 3)

    return {
        "p50_ms": at(0.50),
        "p95_ms": at(0.95),
        "p99_ms": at(0.99),
        "max_ms": round(ordered[-1] * 1000, 3),
    }


def machine() -> dict[str, object]:
    """On what this was measured."""
    return {
        "cpus": os.cpu_count(),
        "processor": platform.processor() or platform.machine(),
        "python": platform.python_version(),
        "kernel": platform.release(),
    }


def bare_flush(folder: Path, times: int = 200) -> dict[str, float]:
    """What the disk takes to make 4 KiB durable."""
    path = folder / "flush"
    took = []
    with path.open("wb", buffering=0) as file:
        for _ in range(times):
            file.write(b"\0" * 4096)
            begun = time.perf_counter()
            os.fdatasync(file.fileno())
            took.append(time.perf_counter() - begun)
    path.unlink()
    return quantiles(took)


class Echo(Actor):
    """Sends back what it is sent."""

    def receiveMessage(self, msg: object, sender: ActorAddress) -> None:  # noqa: N802
        if isinstance(msg, bytes):
            self.send(sender, msg)


class Asker(Actor):
    """Told how often, it asks an Echo so many times, and says how long each took."""

    def __init__(self) -> None:
        super().__init__()
        self.asked_by: ActorAddress | None = None
        self.left = 0
        self.took: list[float] = []
        self.begun = 0.0

    def receiveMessage(self, msg: object, sender: ActorAddress) -> None:  # noqa: N802
        if isinstance(msg, int):
            self.asked_by, self.left, self.took = sender, msg, []
            self.echo = self.createActor(Echo)
            self._ask()
        elif isinstance(msg, bytes):
            self.took.append(time.perf_counter() - self.begun)
            if self.left:
                self._ask()
            elif self.asked_by is not None:
                self.send(self.asked_by, self.took)

    def _ask(self) -> None:
        self.left -= 1
        self.begun = time.perf_counter()
        self.send(self.echo, b"\0" * 200)


def empty_round_trip(times: int = 300) -> dict[str, float]:
    """From one actor to another and back with nothing done, on Thespian's multiprocUDPBase as it comes."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    system = ActorSystem("multiprocUDPBase", {"Admin Port": port}, transientUnique=True)
    try:
        asker = system.createActor(Asker)
        took = system.ask(asker, times, 30)
        assert isinstance(took, list)
        system.tell(asker, ActorExitRequest())
    finally:
        system.shutdown()
    return quantiles(took[10:])
