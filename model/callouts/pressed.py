"""Which key a person has pressed, and which tones a machine has sent. Pure.

Who answers may be a mailbox whose announcement has tones in it, or a voice that sounds like some: several
tones in a row, and different ones. A person presses one key, perhaps again and again.
"""

from __future__ import annotations

from typing import Final

from messages.ids import SECOND, Instant

ALONE_US: Final = Instant(SECOND * 7 // 10)
"""So long nothing may follow a key, for it to be a person's."""
HURRIED: Final = 3
"""The same key so often in a row needs no pause behind it: somebody wants to be heard."""


class Pressed:
    """Of one call."""

    def __init__(self) -> None:
        self._known = 0
        self._row = ""
        self._at = Instant(0)

    def key(self, keys: str, now_us: Instant, *, over: bool) -> str:
        """The key that was meant, once; empty: none. `keys`: all that were heard since the call began;
        `over`: no more can follow.
        """
        if len(keys) > self._known:
            self._row += keys[self._known :]
            self._known, self._at = len(keys), now_us
        hurried = len(self._row) >= HURRIED and len(set(self._row)) == 1
        if not self._row or (now_us - self._at < ALONE_US and not over and not hurried):
            return ""
        row, self._row = self._row, ""
        return row[0] if len(set(row)) == 1 else ""
