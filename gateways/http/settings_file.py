"""The settings' file as routes see it, given by the composition root."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from model.settings_edits import Edit, NotWritable


class SettingsFile(Protocol):
    """`center.toml` of this node. What is written counts once the node is started again."""

    def change(self, edits: Sequence[Edit]) -> None:
        """Makes all edits, or none. Blocks on the disk. Raises EditError."""
        ...


class NoFile:
    """A web without a node around it."""

    def change(self, edits: Sequence[Edit]) -> None:
        """Raises NotWritable."""
        raise NotWritable("there is no file of settings here")
