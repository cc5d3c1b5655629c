"""What 112 was told of an alert, of what can change after it."""

from __future__ import annotations

import msgspec

from messages.base import Address, Position
from messages.ids import BriefingField


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """As it was known at one moment."""

    fields: dict[BriefingField, str] = {}
    """Only what was known."""
    address: Address | None = None
    position: Position | None = None


class Changes(msgspec.Struct, frozen=True, kw_only=True):
    """What is known otherwise now."""

    fields: dict[BriefingField, str] = {}
    """By field: what 112 was told of it; empty where it was nothing."""
    address: bool = False
    position: bool = False

    def __bool__(self) -> bool:
        return bool(self.fields) or self.address or self.position
