"""Whose a heartbeat is: of the center whose key has sealed it. What was heard goes from the web, where it
comes, to who raises alarms.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import msgspec

from features.watcher.beat import Beat
from features.watcher.envelope import Key, NotSealed, key_at, key_id_of
from features.watcher.hearing import Hearing
from runtime import logs
from runtime.published.file import publish, published

_decoder = msgspec.msgpack.Decoder(Hearing)


class Ears:
    """The centers that are heard here. Their files are read each time: another key is good at once."""

    def __init__(self, files: Mapping[str, str]) -> None:
        """`files`: the keys, by the centers' names."""
        self._files = files
        self._unread: dict[str, str] = {}
        """Why a center's key could not be read, as it was said last."""
        self._log = logs.get("ears")

    def key_of(self, sealed: bytes) -> tuple[str, Key] | None:
        """Which center this says it is of, and its key; None: of none that is heard here."""
        for name, file in self._files.items():
            try:
                key = key_at(Path(file))
            except (OSError, ValueError) as error:
                # Once: whoever knocks would fill the log.
                if self._unread.get(name) != str(error):
                    self._unread[name] = str(error)
                    self._log.error("not heard: its key cannot be read", center=name, reason=str(error))
                continue
            self._unread.pop(name, None)
            if key.id == key_id_of(sealed):
                return name, key
        return None

    def heard(self, sealed: bytes) -> tuple[str, Key, Beat] | None:
        """The heartbeat, whose it is, and the key for an answer; None: whoever sends this has no key."""
        if (known := self.key_of(sealed)) is None:
            return None
        try:
            return *known, known[1].beat_in(sealed)
        except NotSealed:
            return None


def publish_hearing(run: Path, name: str, hearing: Hearing) -> None:
    """Say what was heard of the center of this name: the web does, for who raises alarms. Raises OSError."""
    publish(_path(run, name), msgspec.msgpack.encode(hearing))


def hearing_of(run: Path, name: str) -> Hearing | None:
    """Return it; None where nothing was heard since this node started."""
    return published(_path(run, name), _decoder.decode)


def _path(run: Path, name: str) -> Path:
    return run / f"{name}.heard"
