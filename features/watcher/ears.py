"""Whose a heartbeat is: of the center whose key has sealed it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from features.watcher.beat import Beat
from features.watcher.envelope import Key, NotSealed, key_at, key_id_of
from runtime import logs


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
