"""Where calls and short messages come in: one whose reader fails twice is taken for what is known of it."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Final, TypeVar

from runtime.logs import Logger

TWICE: Final = 2
"""A line says everything again within a second: the second time is the second try."""
_REMEMBERED: Final = 256

T = TypeVar("T")


class Door:
    """No input ends its reader: all alerts would wait for it, and the line would say it again to the next."""

    def __init__(self, log: Logger) -> None:
        self._log = log
        self._failed: dict[Hashable, int] = {}

    def read(self, name: Hashable, read: Callable[[], T | None], plainly: Callable[[], T | None]) -> T | None:
        """Return what reading the input gives; once that has failed twice, what `plainly` gives of it."""
        times = self._failed.get(name, 0)
        try:
            return read() if times < TWICE else plainly()
        except Exception:
            if times > TWICE:
                return None  # it has been said what fails
            self._log.exception("an input cannot be read", times=times + 1)
        self._failed.pop(name, None)
        self._failed[name] = times + 1
        while len(self._failed) > _REMEMBERED:
            del self._failed[next(iter(self._failed))]
        return self.read(name, read, plainly) if times + 1 == TWICE else None
