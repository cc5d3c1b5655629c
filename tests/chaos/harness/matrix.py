"""Many cells in several centers side by side, each with a worker process: a flow is mostly waiting."""

from __future__ import annotations

import os
import queue
import random
import select
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import msgspec

from messages.ids import Role
from tests.chaos.harness.cell import Cell, Result, Strike
from tests.chaos.harness.flows import FLOWS
from tests.chaos.harness.judge import Violation
from tests.chaos.harness.strikes import LINE_KINDS, PROCESS_KINDS, ROLES, Kind
from tests.chaos.harness.worker import sweep

SCRIPT = Path(__file__).resolve().parents[3] / "scripts" / "chaos" / "run"
CELL_WITHIN_S = 240.0
"""A worker that has not answered by then hangs itself."""


def matrix(
    *,
    flows: Iterable[str] = FLOWS,
    roles: Iterable[Role] = ROLES,
    kinds: Iterable[Kind] = (*PROCESS_KINDS, *LINE_KINDS),
    steps: Iterable[str] = (),
    seed: int = 0,
) -> list[Cell]:
    """Who × at which step × how, in an order that strikes nobody often in a row."""
    kinds, wanted = tuple(kinds), frozenset(steps)
    cells = [
        Cell(flow=flow, step=step, strikes=(Strike(role=role, kind=kind),), seed=seed)
        for flow in flows
        for step in FLOWS[flow].places
        if not wanted or step in wanted
        for role in roles
        for kind in kinds
        if not kind.of_a_line or role is Role.GSM_MODEM
    ]
    random.Random(seed).shuffle(cells)
    return cells


def pairs(seed: int, count: int) -> list[Cell]:
    """Two roles in the same instant, and one of them or another again while they recover."""
    cells = []
    for n in range(count):
        drawn = random.Random(f"{seed}/{n}")
        flow = drawn.choice(list(FLOWS))
        first, second = drawn.sample(ROLES, 2)
        third = drawn.choice((first, second, drawn.choice(ROLES)))
        kind = drawn.choice(PROCESS_KINDS)
        again_s = round(drawn.uniform(0.02, 0.5 if kind is Kind.KILL else 3.0), 3)
        strikes = (
            Strike(role=first, kind=kind),
            Strike(role=second, kind=drawn.choice(PROCESS_KINDS)),
            Strike(role=third, kind=Kind.KILL, after_s=again_s),
        )
        cells.append(Cell(flow=flow, step=drawn.choice(FLOWS[flow].places), strikes=strikes, seed=seed))
    return cells


def run(
    cells: Iterable[Cell], *, folder: Path, centers: int, keep: Path | None, heard: Callable[[Result], None]
) -> None:
    """Run them all; `heard` is told each result as it comes, one at a time."""
    waiting: queue.SimpleQueue[Cell] = queue.SimpleQueue()
    for cell in cells:
        waiting.put(cell)
    lock = threading.Lock()
    over = threading.Event()

    def serve(number: int) -> None:
        place = folder / f"worker-{number}"
        place.mkdir(parents=True, exist_ok=True)
        hands: _Hands | None = None
        while not over.is_set():
            try:
                cell = waiting.get_nowait()
            except queue.Empty:
                break
            hands = hands or _Hands(place, keep)
            result = hands.do(cell)
            if result is None:
                hands.end()
                hands = None
                died = Violation("the harness", "its worker has died or hangs")
                result = Result(cell=cell, violations=[died], took_s=0)
            with lock:
                heard(result)
        if hands is not None:
            hands.end()

    threads = [threading.Thread(target=serve, args=(n,)) for n in range(centers)]
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        over.set()
        for thread in threads:
            thread.join()
        sweep(folder)


class _Hands:
    """One worker process."""

    def __init__(self, folder: Path, keep: Path | None) -> None:
        self._folder = folder
        command = [sys.executable, str(SCRIPT), "worker", "--folder", str(folder)]
        self._log = (folder / "worker.log").open("ab")
        self._process = subprocess.Popen(
            [*command, "--keep", str(keep)] if keep is not None else command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
        )
        self._decoder = msgspec.json.Decoder(Result)

    def do(self, cell: Cell) -> Result | None:
        """Have it run; None where it does not answer."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        try:
            self._process.stdin.write(msgspec.json.encode(cell) + b"\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            return None
        fd, read = self._process.stdout.fileno(), b""
        until_s = time.monotonic() + CELL_WITHIN_S
        while not read.endswith(b"\n"):
            left_s = until_s - time.monotonic()
            if left_s <= 0 or not select.select([fd], [], [], left_s)[0]:
                return None
            more = os.read(fd, 1 << 20)
            if not more:
                return None
            read += more
        return self._decoder.decode(read)

    def end(self) -> None:
        """No more cells: it ends its center and itself."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        try:
            self._process.stdin.close()
            self._process.wait(60)
        except (BrokenPipeError, subprocess.TimeoutExpired):
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()
        self._log.close()
        sweep(self._folder)
