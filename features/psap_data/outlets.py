"""The way of a message into a folder. The way over HTTPS is `features.psap_data.https`; what an answer means,
and when a message is tried again, is `features.psap_data.retrying`.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Protocol

import msgspec

from features.psap_data.retrying import Away, Outcome, Received
from features.psap_data.settings import DataTarget


class Parcel(msgspec.Struct, frozen=True, kw_only=True):
    """One message, ready to go."""

    name: str
    suffix: str
    media_type: str
    content: bytes


class Outlet(Protocol):
    """One target's way."""

    def deliver(self, parcel: Parcel) -> Outcome:
        """Blocks. Raises nothing that the other side, the network or the disk can bring about."""
        ...


def outlet_of(target: DataTarget) -> Outlet:
    """As the settings say."""
    if not target.to.startswith(("https://", "http://")):
        return Folder(Path(target.to))
    # Only where it is needed: it is a large library.
    from features.psap_data.https import Https

    return Https(target)


class Folder:
    """A file a message, whole as soon as it has its name; somebody else takes it away."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def deliver(self, parcel: Parcel) -> Outcome:
        file = self._folder / f"{parcel.name}{parcel.suffix}"
        half = self._folder / f".{parcel.name}.part"
        try:
            with open(half, "wb", opener=_for_the_group) as out:
                out.write(parcel.content)
                out.flush()
                os.fsync(out.fileno())
            half.rename(file)
        except OSError as error:
            return Away(reason=error.strerror or str(error))
        return Received(receipt=file.name)


def _for_the_group(path: str, flags: int) -> int:
    """Whoever takes it away is another account of a common group."""
    return os.open(path, flags, 0o640)
