"""A trace of a line that a running center uses: its GsmModem writes it, and here it is read on."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Final, TextIO

from application.errors import CenterError
from application.state.state_dir import StateDir

POLL_S: Final = 0.2


def follow(state: StateDir, line: str, out: TextIO, seconds: float) -> None:
    """Write the line's trace for so long, or until Ctrl-C. Raises CenterError where one is being written."""
    file = state.run / f"{line}.trace"
    try:
        os.close(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    except FileExistsError as error:
        raise CenterError(f"{line} is being traced already; remove {file} if nobody does") from error
    try:
        _copy(file, out, time.monotonic() + seconds)
    except KeyboardInterrupt:
        pass
    finally:
        file.unlink(missing_ok=True)


def _copy(file: Path, out: TextIO, until_s: float) -> None:
    with file.open(encoding="ascii") as trace:
        while True:
            # Whether it is over is decided first, so that what was written meanwhile is still read.
            over = time.monotonic() >= until_s
            text = trace.read()
            if text:
                out.write(text)
                out.flush()
            elif over:
                return
            if not over:
                time.sleep(POLL_S)
