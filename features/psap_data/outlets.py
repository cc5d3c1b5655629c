"""What becomes of a message, and the way into a folder. The way over HTTPS is `features.psap_data.https`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final, Protocol

import msgspec

from features.psap_data.settings import DataTarget

RECEIPT_MAX: Final = 200
"""Characters of it that are kept."""
_LATER: Final = frozenset({408, 425, 429})
"""Of the client's faults (RFC 9110, 15.5), those that go by themselves."""


class Parcel(msgspec.Struct, frozen=True, kw_only=True):
    """One message, ready to go."""

    name: str
    suffix: str
    media_type: str
    content: bytes


class Received(msgspec.Struct, frozen=True, kw_only=True):
    """It was taken."""

    receipt: str


class Refused(msgspec.Struct, frozen=True, kw_only=True):
    """It will never be taken as it is."""

    status: int
    reason: str


class Away(msgspec.Struct, frozen=True, kw_only=True):
    """It may have come or not; to be sent again."""

    reason: str


Outcome = Received | Refused | Away


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


def outcome(status: int, said: bytes, name: str) -> Outcome:
    """What an answer means."""
    words = one_line(said)
    if 200 <= status < 300:
        return Received(receipt=words or name)
    if status >= 500 or status in _LATER:
        return Away(reason=f"answers {status}")
    return Refused(status=status, reason=words)


def one_line(said: bytes) -> str:
    """What can be shown of an answer."""
    text = said.decode("utf-8", errors="replace")
    line = " ".join("".join(one if one.isprintable() else " " for one in text).split())
    return line[:RECEIPT_MAX]


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
