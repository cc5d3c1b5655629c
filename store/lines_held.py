"""Lines that the journal says are held for the center's own calls: test calls, calls to people on duty."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from messages.events import LineSeized
from messages.ids import LegId, LineId
from store import streams
from store.journal.following import Following
from store.journal.journal import Append, Journal
from store.journal.projections import LineHold, Lines


class LinesHeld:
    """Followed only while a call is on, so that a quiet center reads nothing. Reading or writing the journal
    raises JournalError; nothing is lost by it, and it is to be tried again.
    """

    def __init__(self, journal: Journal, own: Iterable[LineId]) -> None:
        """`own`: this node's lines; no other's are ever let go."""
        self._journal: Final = journal
        self._own: Final = frozenset(own)
        self._lines = Lines()
        self._following: Following | None = None

    def follow(self) -> None:
        """Read what is new."""
        if self._following is None:
            self._lines = Lines()
            self._following = Following(self._journal, self._lines)
        self._following.catch_up()

    def close(self) -> None:
        """Follow no more."""
        if self._following is not None:
            self._following.close()
            self._following = None

    def has(self, line: LineId, leg: LegId) -> bool:
        """Return True while the line is held for this call; whoever calls in takes the line from it."""
        hold = self._lines.lines.get(line)
        return hold is not None and hold.leg == leg

    def let_go(self, line: LineId, leg: LegId) -> None:
        """Let the line be nobody's again, if it is held for this call. Raises VersionConflict as well."""
        if self.has(line, leg):
            self._free(self._lines.lines[line])

    def let_go_of(self, left_behind: Callable[[LineHold], bool]) -> None:
        """Let go of this node's lines that are held for a call nobody carries on any more.

        A call that may be left the modem's own process ends, as it ends all that are nobody's.
        """
        for hold in list(self._lines.lines.values()):
            if hold.gives_way and hold.line in self._own and left_behind(hold):
                self._free(hold)

    def _free(self, hold: LineHold) -> None:
        free = LineSeized(
            line=hold.line, leg=LegId(""), attempt=hold.attempt, tester=hold.tester, callout=hold.callout
        )
        self._journal.append(Append(streams.line(hold.line), hold.version, (free,)))
