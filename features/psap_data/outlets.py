"""Delivery of a message into a folder.

Delivery over HTTPS is in `features.psap_data.https`; the meaning of answers, and retries, are in
`features.psap_data.retrying`.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Protocol

import msgspec

from features.psap_data.retrying import DeliveryUncertain, Outcome, Received
from features.psap_data.settings import DataTarget


class Parcel(msgspec.Struct, frozen=True, kw_only=True):
    """An encoded message."""

    name: str
    suffix: str
    media_type: str
    content: bytes


class Outlet(Protocol):
    """Path of delivery to one target."""

    def deliver(self, parcel: Parcel) -> Outcome:
        """Deliver the message; blocks. Raises no error of the network, the disk or the other side."""
        ...


def outlet_of(target: DataTarget) -> Outlet:
    """Return the outlet set in the settings."""
    if not target.to.startswith(("https://", "http://")):
        return Folder(Path(target.to))
    # imported only if needed: it is a large library
    from features.psap_data.https import Https

    return Https(target)


class Folder:
    """Delivery into a folder: one file a message, renamed when complete, to be collected by
    another program.
    """

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
            return DeliveryUncertain(reason=error.strerror or str(error))
        return Received(receipt=file.name)


def _for_the_group(path: str, flags: int) -> int:
    """Create the file readable by the group: the collecting program has another account of a common group."""
    return os.open(path, flags, 0o640)
