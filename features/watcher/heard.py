"""What was heard of centers that are watched from here: the web writes it, who raises alarms reads it."""

from __future__ import annotations

from pathlib import Path

import msgspec

from features.watcher.hearing import Hearing
from runtime.published.file import publish, published

_decoder = msgspec.msgpack.Decoder(Hearing)


def path(run: Path, name: str) -> Path:
    """Of the center of this name."""
    return run / f"{name}.heard"


def write(run: Path, name: str, hearing: Hearing) -> None:
    """Raises OSError."""
    publish(path(run, name), msgspec.msgpack.encode(hearing))


def read(run: Path, name: str) -> Hearing | None:
    """None where nothing was heard since this node started."""
    return published(path(run, name), _decoder.decode)
