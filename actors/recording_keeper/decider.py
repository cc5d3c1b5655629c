"""Which recordings are to go. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

import msgspec

from messages.ids import SECOND, AlertId, Instant

DAY_US: Final = 86_400 * SECOND


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """A recording in the folder."""

    file: str
    alert: AlertId
    bytes: int
    ended_at: Instant
    """When it was written last."""


def expired(files: Iterable[Kept], retention_days: int, now_us: Instant) -> Iterator[Kept]:
    """Those whose time is over."""
    return (one for one in files if now_us - one.ended_at > retention_days * DAY_US)
