"""Version of this release."""

from __future__ import annotations

from importlib import metadata


def version() -> str:
    """Return the version of the installed distribution; `0+checkout` for a bare checkout."""
    try:
        return metadata.version("securwoman")
    except metadata.PackageNotFoundError:
        return "0+checkout"
