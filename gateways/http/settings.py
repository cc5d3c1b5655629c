"""Start settings of the web process, as plain data that can be passed to another process."""

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
    """Path of the state directory, which already contains `keys/`, `logs/` and `run/`."""
    journal: str
    """Address of the journal, `sqlite:///…`."""
    anchor_us: int
    """Wall time minus CLOCK_BOOTTIME (`runtime.clock.SystemClock`); the same for the whole node."""
    center: Settings = Settings()
    """Contents of `center.toml`, with absolute paths."""
    protocols: tuple[CallProtocol, ...] = ()
    speaks: dict[str, list[str]] = {}
    """Languages in which this node can speak each question of the protocols."""
    certificate: str = ""
    """PEM with its key, for TLS; read again whenever the file changes. Empty: plain HTTP."""
    metrics: tuple[str, int] | None = None
    """Address that serves /metrics, /schema and the health checks only; its socket is among `plain_fds`."""
    host: str = "127.0.0.1"
    port: int = 8112
    """Port; 0 takes any free port."""
    listen_fd: int | None = None
    """Inherited listening socket: kept open by the parent, so that a restart of the web refuses no client."""
    plain_fds: tuple[int, ...] = ()
    """Inherited listening sockets for plain HTTP: this user's own socket, and the socket for `metrics`."""
    version: str = ""


def decoded(data: bytes) -> WebSettings:
    """Return the settings of a web from JSON, with the features' tables. Raises msgspec.ValidationError."""
    return msgspec.json.decode(data, type=_whole(settings_type()))


@cache
def _whole(center: type[Settings]) -> type[WebSettings]:
    if center is Settings:
        return WebSettings
    fields = [("center", center, center())]
    made: Any = msgspec.defstruct("WebSettings", fields, bases=(WebSettings,), frozen=True, kw_only=True)
    whole: type[WebSettings] = made
    return whole
