"""A look that takes long or needs what the actors have not: done by a process aside, which stands back."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import IO, Final

import msgspec

from features.selftest.prover.work import failed
from messages.base import MALFORMED
from messages.proofs import ProofStep, ProofWhy, Shown

_PROGRAM: Final = "center.checks.aside"
"""What does it, by name: actors know nothing of the center's settings and files."""
CORNER: Final = ".checking"
"""Where a backup is restored for trial, with the process's id (`features.backup.restoring`)."""
_decoder: Final = msgspec.json.Decoder(Shown)


class ProcessChild:
    """One of the machine. It dies with this process."""

    def __init__(self, step: ProofStep, state: Path) -> None:
        """Start it. Raises OSError where the machine has no room for one more."""
        command = [sys.executable, "-m", _PROGRAM, step, "--state", str(state)]
        with _log(state / "logs" / f"proof-{step}.log") as log:
            self._process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log
            )
        # A copy of the journal, as large: what is killed leaves it on the disk until the next trial.
        self._corner = state / f"{CORNER}-{self._process.pid}"

    @property
    def pid(self) -> int:
        """Which process it is."""
        return self._process.pid

    def said(self) -> Shown | None:
        if self._process.poll() is None:
            return None
        assert self._process.stdout is not None
        with self._process.stdout as told, suppress(*MALFORMED):
            return _decoder.decode(told.read())
        return failed(ProofWhy.TROUBLE)

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()
        shutil.rmtree(self._corner, ignore_errors=True)


def _log(path: Path) -> IO[bytes]:
    """Where it writes what it has to say: nowhere, if the disk takes nothing. It is about the disk, then."""
    try:
        return path.open("wb")
    except OSError:
        return Path(os.devnull).open("wb")
