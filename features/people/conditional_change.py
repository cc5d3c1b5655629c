"""Changes that state the value of each field as seen: of two simultaneous changes neither is lost silently.

Needs neither a lock nor a version: fields that both left alone do not conflict, and the swapped change
reverts a change.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import UNSET

from store.errors import ChangedMeanwhile


class SeenFields(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Some fields of a stored object; UNSET fields are left unchanged."""

    def said(self) -> dict[str, Any]:
        """Return the set fields, by name."""
        return {one: value for one in self.__struct_fields__ if (value := getattr(self, one)) is not UNSET}


def same_fields(was: SeenFields, now: SeenFields) -> None:
    """Check that both have the same fields set. Raises ValueError."""
    for name in now.__struct_fields__:
        if (getattr(was, name) is UNSET) != (getattr(now, name) is UNSET):
            raise ValueError(f"`was` and `now` have to have the same fields: `{name}`")


def to_change(known: object, was: SeenFields, wanted: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the fields that differ from `wanted`. Raises ChangedMeanwhile if one also differs from `was`."""
    seen = was.said()
    changed = tuple(one for one, value in wanted.items() if getattr(known, one) != value)
    for one in changed:
        if one in seen and (is_now := getattr(known, one)) != seen[one]:
            raise ChangedMeanwhile(one, ", ".join(is_now) if isinstance(is_now, tuple) else str(is_now))
    return changed
