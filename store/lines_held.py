"""Lines that the journal records as held for the center's own calls: tests, calls to people on duty."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from messages.events import LineSeized
from messages.ids import LegId, LineId
from store import streams
from store.journal.following import FollowedFolds
from store.journal.journal import Append, Journal
from store.journal.projections import LineHold, Lines


class LinesHeld:
    """Read model of held lines, followed only during a call, so that an idle center reads nothing.

    Reading and writing raise JournalError; nothing is lost by an error, and the call can be retried.
    """

    def __init__(self, journal: Journal, own: Iterable[LineId]) -> None:
        """Start without reading. `own`: lines of this node; lines of other nodes are never released."""
        self._journal: Final = journal
        self._own: Final = frozenset(own)
        self._lines = Lines()
        self._following: FollowedFolds | None = None

    def follow(self) -> None:
        """Read the new events of the journal."""
        if self._following is None:
            self._lines = Lines()
            self._following = FollowedFolds(self._journal, self._lines)
        self._following.catch_up()

    def close(self) -> None:
        """Stop following the journal."""
        if self._following is not None:
            self._following.close()
            self._following = None

    def has(self, line: LineId, leg: LegId) -> bool:
        """Return True while the line is held for this call; an incoming call takes the line from it."""
        hold = self._lines.lines.get(line)
        return hold is not None and hold.leg == leg

    def let_go(self, line: LineId, leg: LegId) -> None:
        """Release the line if it is held for this call. Raises JournalError, VersionConflict."""
        if self.has(line, leg):
            self._free(self._lines.lines[line])

    def let_go_of(self, left_behind: Callable[[LineHold], bool]) -> None:
        """Release this node's lines that are held for a call without a live owner, as `left_behind` decides.

        A call that is still on the line is ended by the modem's own process, like every unowned call.
        """
        for hold in list(self._lines.lines.values()):
            if hold.gives_way and hold.line in self._own and left_behind(hold):
                self._free(hold)

    def _free(self, hold: LineHold) -> None:
        free = LineSeized(
            line=hold.line, leg=LegId(""), attempt=hold.attempt, tester=hold.tester, callout=hold.callout
        )
        self._journal.append(Append(streams.line(hold.line), hold.version, (free,)))
