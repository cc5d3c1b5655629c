"""Answers that come one command late, as a u-blox SARA-G450's were seen to.

It must not know what they mean.
"""

from __future__ import annotations

Answer = tuple[list[str], list[str]]
"""The lines of an answer, and its final result."""


class Shift:
    """Keeps back one answer while it is on; the first command gets an OK that nobody has asked for."""

    def __init__(self) -> None:
        self._behind: Answer | None = None

    @property
    def on(self) -> bool:
        return self._behind is not None

    def begin(self) -> None:
        """From the next command on."""
        self._behind = ([], ["OK"])

    def end(self) -> None:
        """What is kept back is lost."""
        self._behind = None

    def passed(self, answer: Answer) -> Answer:
        """What comes out now that this should."""
        if self._behind is None:
            return answer
        earlier, self._behind = self._behind, answer
        return earlier
