"""How a recording is: plain data, for those who decide."""

from __future__ import annotations

from typing import Final

import msgspec


class RecordingStatus(msgspec.Struct, frozen=True, kw_only=True):
    """How a recording is."""

    file: str = ""
    """The name of the file that is being written; empty before its first sound, and at its end."""
    fault: str = ""
    """Why it has ended by itself."""
    dropped_ms: int = 0
    """What found no place in the queue, or came after the end, and is silence."""


NOT_RECORDED: Final = RecordingStatus()
