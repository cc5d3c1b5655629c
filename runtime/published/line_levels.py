"""How loud each line's last call was, in `lines/NAME.levels` of the state directory: for those who look.

The bridge that has the line's voice writes it now and then and when the call is over; the web, the doctor and
the command line read. It outlasts the center, as what it says of a modem does.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import msgspec

from messages.ids import LineId
from messages.lines import LineLevels
from runtime.published.file import publish, published

_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(LineLevels)
_FOLDER = "lines"


def write(state: Path, levels: LineLevels) -> None:
    """Say it. Where that cannot be written nobody is worse off than before."""
    folder = state / _FOLDER
    with suppress(OSError):
        folder.mkdir(mode=0o700, exist_ok=True)
        publish(folder / f"{levels.line}.levels", _encoder.encode(levels))


def read_all(state: Path) -> dict[LineId, LineLevels]:
    """What is known of the lines' last calls."""
    found = (published(file, _decoder.decode) for file in (state / _FOLDER).glob("*.levels"))
    return {one.line: one for one in found if one is not None}
