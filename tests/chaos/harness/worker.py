"""A process that serves cells, one after another, in one center: from lines of JSON to lines of JSON.

A center in which something went wrong is ended, its story and logs are kept, and the next cell gets another.
"""

from __future__ import annotations

import shutil
import sys
import traceback
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import msgspec

from application.state import run_dir
from application.state.processes import end, marked
from application.state.state_dir import StateDir
from center.node.carrier import living
from tests.chaos.harness.cell import Cell, History, Result, Run
from tests.chaos.harness.judge import Violation
from tests.chaos.harness.served import Served

CELLS_PER_CENTER = 40
"""The carrier tells all its calls at every look, and there are only so many users."""


class Worker:
    """One center after another."""

    def __init__(self, folder: Path, keep: Path | None) -> None:
        self.folder, self.keep = folder, keep
        self.centers = self.cells = 0
        self._served: Served | None = None
        self._history = History()

    def run(self, cell: Cell) -> Result:
        """One cell, in a center that is well."""
        try:
            served = self._well()
            result = Run(served, cell, self._history).go()
        except Exception:
            # A center that does not start, or does not come back, is a result as any other.
            story = traceback.format_exc()
            result = Result(cell=cell, violations=[Violation("the center", story.splitlines()[-1])], took_s=0)
            result.story = story
        self.cells += 1
        if not result.right and result.unusable:
            self._put_by(result)
            self.end()
        elif not result.right:
            self._put_by(result)
        elif self.cells % CELLS_PER_CENTER == 0:
            self.end()
        return result

    def _well(self) -> Served:
        if self._served is None:
            self.centers += 1
            self._served = Served(self.folder / f"center-{self.centers}")
            self._history = History()
            self._served.start()
        return self._served

    def _put_by(self, result: Result) -> None:
        """Keep what is needed to understand it."""
        if self.keep is None:
            return
        whom = "+".join(f"{one.role}-{one.kind}" for one in result.cell.strikes)
        there = self.keep / f"{result.cell.flow}.{result.cell.step}.{whom}.{result.cell.seed}"
        there.mkdir(parents=True, exist_ok=True)
        said = [result.cell.command, *map(str, result.violations), "", result.story]
        (there / "story.txt").write_text("\n".join(said) + "\n")
        if self._served is not None:
            logs = self._served.center.state.logs
            with suppress(OSError):
                shutil.copytree(logs, there / "logs", dirs_exist_ok=True)

    def end(self) -> None:
        """End the center."""
        served, self._served = self._served, None
        if served is not None:
            served.stop()
            shutil.rmtree(self.folder / f"center-{self.centers}", ignore_errors=True)


def sweep(folder: Path) -> None:
    """End whatever the centers below this folder have left running."""
    for path in folder.glob("**/state"):
        for process in marked(path.resolve()):
            end(process, 0)
        if (carrier := living(StateDir(path))) is not None:
            end(carrier, 1)
        shutil.rmtree(run_dir.place(StateDir(path)), ignore_errors=True)


def cells_of(lines: Iterator[bytes]) -> Iterator[Cell]:
    """What is to be run."""
    decoder = msgspec.json.Decoder(Cell)
    return (decoder.decode(line) for line in lines if line.strip())


def main(folder: Path, keep: Path | None) -> int:
    """Until nothing more is asked."""
    worker = Worker(folder, keep)
    encoder = msgspec.json.Encoder()
    try:
        for cell in cells_of(iter(sys.stdin.buffer.readline, b"")):
            sys.stdout.buffer.write(encoder.encode(worker.run(cell)) + b"\n")
            sys.stdout.buffer.flush()
    finally:
        worker.end()
        sweep(folder)
    return 0
