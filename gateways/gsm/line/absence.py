"""How long no modem has answered at a line's port, since the port was lost. Pure.

A port that can be opened is no modem yet: a terminal server takes a connection whose device is gone, says why
in plain text and closes it; a USB device is there before its firmware. Only a modem's answer ends an absence.
"""

from __future__ import annotations

from typing import Final

from messages.ids import SECOND, Instant

GONE_US: Final = Instant(5 * SECOND)
"""A modem that is away for so long was unplugged, and its calls are gone with its power."""
REOPEN_US: Final = Instant(SECOND // 4)
LONGEST_PAUSE_US: Final = Instant(SECOND)
"""Between two openings. One that comes back within GONE_US is found in time to keep its calls."""


class Absence:
    """Of one line's modem."""

    def __init__(self) -> None:
        self._since: Instant | None = None
        self._openings = 0

    def noticed(self, now_us: Instant) -> bool:
        """The port is lost, or an opening came to nothing; return whether an absence begins with it."""
        self._openings += 1
        if self._since is not None:
            return False
        self._since, self._openings = now_us, 0
        return True

    def ended(self) -> bool:
        """The modem has answered; return whether it was absent."""
        was_absent, self._since = self._since is not None, None
        return was_absent

    @property
    def pause_us(self) -> Instant:
        """How long to wait before the next opening: longer after each."""
        return Instant(min(REOPEN_US << min(self._openings, 8), LONGEST_PAUSE_US))

    def is_gone(self, now_us: Instant) -> bool:
        """Whether the modem's calls count as gone."""
        return self._since is not None and now_us - self._since >= GONE_US
