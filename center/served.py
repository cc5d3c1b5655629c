"""Which settings, valid in themselves, this version cannot serve.

A center that ignored them would deceive its owner: the doctor names them, and `run` does not start
with them. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from center.settings import Settings


def unserved(settings: Settings) -> Iterator[str]:
    """Each as `path: why`."""
    scheme = urlsplit(settings.journal.url).scheme
    if scheme and scheme != "sqlite":
        yield f"journal.url: {scheme} is not yet built; the journal is SQLite"
