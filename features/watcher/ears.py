"""Identification of heartbeats by the key of the sending center, and their state in the run directory.

The web receives heartbeats, and publishes the state for the actor that raises alarms.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import msgspec

from features.watcher.beat import Heartbeat
from features.watcher.envelope import Key, NotSealed, key_at, key_id_of
from features.watcher.heartbeat_state import HeartbeatState
from runtime import logs
from runtime.published.file import publish, published

_decoder = msgspec.msgpack.Decoder(HeartbeatState)


class HeartbeatReceiver:
    """The centers received here. Key files are read each time: a new key counts at once."""

    def __init__(self, files: Mapping[str, str]) -> None:
        """`files`: key files by the centers' names."""
        self._files = files
        self._unread: dict[str, str] = {}
        """Last logged reason that a center's key could not be read."""
        self._log = logs.get("ears")

    def key_of(self, sealed: bytes) -> tuple[str, Key] | None:
        """Return the center named by the key's id, and its key; None for an unknown key."""
        for name, file in self._files.items():
            try:
                key = key_at(Path(file))
            except (OSError, ValueError) as error:
                # Logged once: repeated requests would fill the log.
                if self._unread.get(name) != str(error):
                    self._unread[name] = str(error)
                    self._log.error(
                        "the heartbeats of the center are ignored: its key cannot be read",
                        center=name,
                        reason=str(error),
                    )
                continue
            self._unread.pop(name, None)
            if key.id == key_id_of(sealed):
                return name, key
        return None

    def open_heartbeat(self, sealed: bytes) -> tuple[str, Key, Heartbeat] | None:
        """Return the center, the key for an answer, and the heartbeat; None if the sender has no key."""
        if (known := self.key_of(sealed)) is None:
            return None
        try:
            return *known, known[1].beat_in(sealed)
        except NotSealed:
            return None


def publish_state(run: Path, name: str, hearing: HeartbeatState) -> None:
    """Publish the state of this center, for the actor that raises alarms. Raises OSError."""
    publish(_path(run, name), msgspec.msgpack.encode(hearing))


def state_of(run: Path, name: str) -> HeartbeatState | None:
    """Return the state of this center; None if no heartbeat came since the node's start."""
    return published(_path(run, name), _decoder.decode)


def _path(run: Path, name: str) -> Path:
    return run / f"{name}.heard"
