"""An alarm as consoles have to tell it: from when it is raised until it is over and has been seen (ISA 18.2).

```
            raised            seen
  (none) ──────────▶ unseen ────────▶ seen
                       │                │
                       │ over           │ over
                       ▼        seen    ▼
                   over, unseen ────▶ (none)
```

Of an alert none is told as over: its story has it. Raised anew it is another, and unseen.
"""

from __future__ import annotations

import msgspec

from messages.ids import Instant, OperatorId
from model.alarms.kind import About
from model.alarms.table import about


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """One of them."""

    at: Instant
    """When it was raised."""
    text: str
    seen_at: Instant | None = None
    seen_by: OperatorId | None = None
    over_at: Instant | None = None

    @property
    def stands(self) -> bool:
        """Whether it is so now."""
        return self.over_at is None


def seen(told: Told, raised_at: Instant, by: OperatorId, at: Instant) -> Told | None:
    """Once an operator has acknowledged what was raised then; None: there is nothing more to tell."""
    if told.at > raised_at or told.seen_at is not None:
        return told
    return msgspec.structs.replace(told, seen_at=at, seen_by=by) if told.stands else None


def over(told: Told, name: str, at: Instant) -> Told | None:
    """Once it is over; None: there is nothing more to tell."""
    if told.seen_at is not None or about(name) is About.ALERT:
        return None
    return told if not told.stands else msgspec.structs.replace(told, over_at=at)
