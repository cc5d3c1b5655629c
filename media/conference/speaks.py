"""Languages of the questions in the center's own voice: recorded or spoken.

The module loads nothing that makes sound: the node calls it whenever it starts a web.
"""

from __future__ import annotations

import subprocess
import wave
from collections.abc import Collection, Container
from pathlib import Path
from typing import Final

SPEAKER: Final = "espeak-ng"
"""Command of the synthesizer; Debian's package has that name too."""
SPEAKS_WITHIN_S: Final = 2.0
FORMAT: Final = (1, 2, 8000)
"""Format of a recording: channels, bytes of a sample, samples in a second."""


def languages() -> frozenset[str]:
    """Return the synthesizer's languages, ISO 639-1; empty if not installed."""
    try:
        said = subprocess.run(
            [SPEAKER, "--voices"], capture_output=True, timeout=SPEAKS_WITHIN_S, check=True, text=True
        )
    except (OSError, subprocess.SubprocessError):
        return frozenset()
    # "Pty Language ...", one voice a line; `en-gb` is a kind of English.
    rows = (line.split() for line in said.stdout.splitlines()[1:])
    return frozenset(row[1].partition("-")[0] for row in rows if len(row) > 1)


def speakable(own: Path | None, name: str, words: Collection[str], spoken_in: Container[str]) -> list[str]:
    """Return the languages of this question: spoken ones of `words`, and those of its recordings."""
    recorded = () if own is None else own.glob(f"{name}.??.wav")
    spoken = {one for one in words if one in spoken_in}
    return sorted(spoken | {path.stem[-2:] for path in recorded if _fits(path)})


def _fits(path: Path) -> bool:
    try:
        with wave.open(str(path), "rb") as file:
            return (file.getnchannels(), file.getsampwidth(), file.getframerate()) == FORMAT
    except (OSError, EOFError, wave.Error):
        return False
