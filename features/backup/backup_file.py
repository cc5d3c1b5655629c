"""`backup.json` of the state directory: which backups this center has made, and when each was checked.

It lasts, unlike what lies in `run/`: a backup may be replaced only by the center that has made it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import msgspec

from messages.ids import Instant
from runtime.published.file import published

NAME: Final = "backup.json"


class Made(msgspec.Struct, frozen=True, kw_only=True):
    """The last good one in a place."""

    made_at: Instant
    events: int
    bytes: int
    seconds: float
    checked_at: Instant | None = None
    """When it, or one before it in its place, was last restored for trial."""
    check_seconds: float = 0


Backups = dict[str, Made]
"""By the absolute path of the lasting part."""

_decoder: Final = msgspec.json.Decoder(Backups)


def backups(state: Path) -> Backups:
    """Those of this state directory; none where the file cannot be read."""
    return published(state / NAME, _decoder.decode) or {}


def said(made: Backups) -> bytes:
    """The file's content."""
    return msgspec.json.format(msgspec.json.encode(made)) + b"\n"
