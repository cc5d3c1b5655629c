"""Changes by who says what each field held when it was seen: of two at once nothing is lost silently.

Without a lock and without a version: what both have left alone is nobody's conflict, and taking a change back
is the same change the other way round.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import UNSET

from store.errors import ChangedMeanwhile


class Seen(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Some fields of something that is kept; those that are UNSET are not meant."""

    def said(self) -> dict[str, Any]:
        """Those that are set, by name."""
        return {one: value for one in self.__struct_fields__ if (value := getattr(self, one)) is not UNSET}


def same_fields(was: Seen, now: Seen) -> None:
    """Raises ValueError where a change does not say what it has seen of each field."""
    for name in now.__struct_fields__:
        if (getattr(was, name) is UNSET) != (getattr(now, name) is UNSET):
            raise ValueError(f"`was` and `now` have to have the same fields: `{name}`")


def to_change(known: object, was: Seen, wanted: Mapping[str, Any]) -> tuple[str, ...]:
    """The fields that are not as wanted. Raises ChangedMeanwhile: one is not as it was seen, either."""
    seen = was.said()
    changed = tuple(one for one, value in wanted.items() if getattr(known, one) != value)
    for one in changed:
        if one in seen and (is_now := getattr(known, one)) != seen[one]:
            raise ChangedMeanwhile(one, ", ".join(is_now) if isinstance(is_now, tuple) else str(is_now))
    return changed
