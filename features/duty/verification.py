"""People who took a callout, test or alarm: a roster is verified by such people at each hour."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Final

import msgspec
from msgspec.structs import replace

from application.state.state_dir import StateDir
from features.duty.flaws import is_covered
from messages.events import CalloutEnded, CalloutOpened, CalloutTaken
from messages.ids import SECOND, CalloutKind, Instant, PersonId
from messages.journal import Recorded
from model.callouts.roster import LOOKED_AHEAD_US, Roster, spans
from model.settings import Settings
from store import streams
from store.journal.journal import Journal
from store.roster import roster_of

VERIFIED_FOR_US: Final = Instant(90 * 86_400 * SECOND)
KEPT_US: Final = Instant(366 * 86_400 * SECOND)
"""Age of the oldest event that is read; older events verify nothing."""


class Verification(msgspec.Struct, frozen=True, kw_only=True):
    """Last test and last taken callout of a person."""

    asked_at: Instant | None = None
    """Time when the last test was ordered."""
    over_at: Instant | None = None
    """Time when the last test ended."""
    taken_at: Instant | None = None
    """Time when the person last took a test or an alarm."""


class Verifications:
    """All people, folded from the stream of callouts."""

    def __init__(self) -> None:
        self.version = 0
        """Last version of the stream that was applied."""
        self.people: dict[PersonId, Verification] = {}
        self._tests: dict[str, PersonId] = {}

    def apply(self, recorded: Recorded) -> None:
        """Apply the stream's next event."""
        self.version = recorded.version
        at = recorded.at_us
        match recorded.event:
            case CalloutOpened(kind=CalloutKind.TEST, callout=callout, person=person):
                self._tests[callout] = PersonId(person)
                self._change(PersonId(person), asked_at=at, over_at=None)
            case CalloutTaken(person=person) if person:
                self._change(PersonId(person), taken_at=at)
            case CalloutEnded(callout=callout) if callout in self._tests:
                self._change(self._tests.pop(callout), over_at=at)
            case _:
                pass

    def _change(self, person: PersonId, **fields: Instant | None) -> None:
        self.people[person] = replace(self.people.get(person, Verification()), **fields)


def is_verified(roster: Roster, at: Instant, verifications: Mapping[PersonId, Verification]) -> bool:
    """Return True if each hour of two weeks has a person called who took a callout within 90 days."""
    if not is_covered(roster, at):
        return False
    called = {one for span in spans(roster, at, Instant(at + LOOKED_AHEAD_US)) for one in span.people}
    taken = (verifications.get(one, Verification()).taken_at for one in called)
    return all(one is not None and one >= at - VERIFIED_FOR_US for one in taken)


def is_roster_verified(state: StateDir, settings: Settings, journal: Journal) -> bool:
    """Return True if the roster is verified. Raises JournalError."""
    return is_verified(roster_of(journal).roster, journal.now_us(), VerificationReader(journal).read())


class VerificationReader:
    """Incremental reader of the people who took a test or an alarm; thread-safe."""

    def __init__(self, journal: Journal) -> None:
        """Nothing is read before the first `read`."""
        self._journal = journal
        self._found = Verifications()
        self._lock = threading.Lock()

    def read(self) -> dict[PersonId, Verification]:
        """Return the current record of each person. Raises JournalError."""
        with self._lock:
            after = self._found.version or self._begin()
            for recorded in self._journal.read(streams.DUTY, after):
                self._found.apply(recorded)
            return dict(self._found.people)

    def _begin(self) -> int:
        since = Instant(self._journal.now_us() - KEPT_US)
        return self._journal.version_before(streams.DUTY, since)
