"""To whom heartbeats go, and from whom they come, as the settings say. Plain data."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from model.watching.verdict import Patience


class TargetKind(StrEnum):
    """What somebody outside does with a heartbeat."""

    WATCHER = "watcher"
    """`securwoman watch`, or another center: it answers, and what it says is believed by a key of both."""
    URL = "url"
    """Any service that calls somebody when it is asked for nothing any more."""


class HeartbeatTarget(msgspec.Struct, frozen=True, kw_only=True):
    """One of them."""

    name: str
    kind: TargetKind
    url: str
    every_s: float
    key_file: str = ""
    """The key that the watcher has, too; a `url` may be without: what it is sent is not signed then."""
    authority: str = ""
    """PEM: whose certificates are believed in place of the machine's."""


class WatchedCenter(msgspec.Struct, frozen=True, kw_only=True):
    """Another center that says here that it is well."""

    name: str
    key_file: str
    patience: Patience = Patience()


class Watching(msgspec.Struct, frozen=True, kw_only=True):
    """All of it."""

    targets: tuple[HeartbeatTarget, ...] = ()
    watched: tuple[WatchedCenter, ...] = ()
    version: str = ""
    """Which release this center is."""
    simulated: bool = False
    """Whether it runs with the simulated carrier."""

    @property
    def any(self) -> bool:
        """Whether there is anything to do."""
        return bool(self.targets or self.watched)
