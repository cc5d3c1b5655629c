"""Functions shared by the benchmarks: quantiles, the machine, and the lower bounds of disk and actors."""

from __future__ import annotations

import os
import platform
import socket
import time
from collections.abc import Iterable
from pathlib import Path

from thespian.actors import Actor, ActorAddress, ActorExitRequest, ActorSystem


def quantiles(values_s: Iterable[float]) -> dict[str, float]:
    """Return median, tails and maximum in milliseconds, from seconds."""
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
    """Return the description of this machine."""
    return {
        "cpus": os.cpu_count(),
        "processor": platform.processor() or platform.machine(),
        "python": platform.python_version(),
        "kernel": platform.release(),
    }


def bare_flush(folder: Path, times: int = 200) -> dict[str, float]:
    """Return the time that the disk needs to make 4 KiB durable."""
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
    """Actor that returns each message."""

    def receiveMessage(self, msg: object, sender: ActorAddress) -> None:  # noqa: N802
        if isinstance(msg, bytes):
            self.send(sender, msg)


class Asker(Actor):
    """Actor that sends a given number of requests to an Echo, and reports the time of each."""

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
    """Return the time of an empty round trip between two actors, on Thespian's unmodified
    multiprocUDPBase.
    """
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
