"""What the web process is started with, as plain data that can be handed to another process."""

from __future__ import annotations

from functools import cache
from typing import Any

import msgspec

from application.settings.protocols import CallProtocol
from messages.ids import NodeId
from model.feature import settings_type
from model.settings import Settings


class WebSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything that the web needs and does not make itself."""

    node: NodeId
    state: str
    """Path of the state directory; `keys/`, `logs/` and `run/` in it are there already."""
    journal: str
    """The journal's address, `sqlite:///…`."""
    anchor_us: int
    """What makes the time of CLOCK_BOOTTIME (`runtime.clock.SystemClock`); one for the whole node."""
    center: Settings = Settings()
    """`center.toml`, with whole paths."""
    protocols: tuple[CallProtocol, ...] = ()
    speaks: dict[str, list[str]] = {}
    """In which languages each of their questions can be spoken at this node."""
    certificate: str = ""
    """PEM, the key in it: served by TLS, and read again whenever the file is another. Empty: plain HTTP."""
    metrics: tuple[str, int] | None = None
    """The address at which figures are read, and nothing else is; its socket is among `plain_fds`."""
    host: str = "127.0.0.1"
    port: int = 8112
    """0: any that is free."""
    listen_fd: int | None = None
    """An inherited listening socket: whoever keeps it open turns nobody away while the web restarts."""
    plain_fds: tuple[int, ...] = ()
    """Inherited listening sockets on which plain HTTP is spoken: this user's own, and that for `metrics`."""
    version: str = ""


def decoded(data: bytes) -> WebSettings:
    """Return the settings of a web, JSON, with the tables of the features. Raises msgspec.ValidationError."""
    return msgspec.json.decode(data, type=_whole(settings_type()))


@cache
def _whole(center: type[Settings]) -> type[WebSettings]:
    if center is Settings:
        return WebSettings
    fields = [("center", center, center())]
    made: Any = msgspec.defstruct("WebSettings", fields, bases=(WebSettings,), frozen=True, kw_only=True)
    whole: type[WebSettings] = made
    return whole
