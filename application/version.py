"""Which release this is."""

from __future__ import annotations

from importlib import metadata


def version() -> str:
    """The version of the installed distribution; of a bare checkout, `0+checkout`."""
    try:
        return metadata.version("securwoman")
    except metadata.PackageNotFoundError:
        return "0+checkout"
