"""A watcher under a clock of the test's, a center that says what the test wants, and hands that only note."""

from __future__ import annotations

import base64
from pathlib import Path

import msgspec
from msgspec.structs import replace

from features.watcher.beat import Answer, Heartbeat, Unable
from features.watcher.envelope import Key
from features.watcher.program import state
from features.watcher.program.settings import CenterTable, WatchSettings
from features.watcher.program.state import TryName
from features.watcher.program.watcher import Watcher
from gateways.callouts.decider import PlannedAttempt
from messages.events import CalloutOpened
from messages.ids import SECOND, CalloutFailure, DutyWay, Instant, NodeId, PersonId
from model.callouts.roster import Contact, Person, Roster

ANNA = Person(
    id=PersonId("anna"),
    name="Anna",
    contacts=(Contact(way=DutyWay.CALL, to="+393330000001"), Contact(way=DutyWay.SMS, to="+393330000001")),
)
BEA = Person(
    id=PersonId("bea"),
    name="Bea",
    language="en",
    contacts=(
        Contact(way=DutyWay.CALL, to="+393330000002"),
        Contact(way=DutyWay.EMAIL, to="bea@example.org"),
    ),
)
ROSTER = Roster(people=(ANNA, BEA))
TURN_US = SECOND // 2
BEAT = Heartbeat(
    node=NodeId("one"),
    at=Instant(0),
    every_s=10.0,
    version="1",
    roster=msgspec.json.encode(ROSTER),
    roster_version=1,
)


class Hands:
    """Notes what it is to do; nobody answers until the test says so."""

    def __init__(self) -> None:
        self.able: tuple[Unable, ...] = ()
        self.called: list[tuple[TryName, str, Instant]] = []
        """Name of the try, the person, when."""
        self.wrote: list[tuple[TryName, str, str]] = []
        self.now: Instant = Instant(0)

    def call(self, name: TryName, person: Person, number: str, language: str, words: str) -> None:
        assert number
        assert words
        self.called.append((name, person.id, self.now))

    def write(
        self, name: TryName, one: PlannedAttempt, subject: str, about: CalloutOpened, at: Instant
    ) -> None:
        assert about.alarms
        assert subject
        self.wrote.append((name, one.person.id, one.way))

    @property
    def people(self) -> list[str]:
        return [person for _, person, _ in self.called]


class Stage:
    """See the module. All times in seconds since its beginning."""

    def __init__(self, folder: Path, **center: object) -> None:
        self.folder = folder
        file = folder / "key"
        file.write_text(base64.b64encode(b"k" * 32).decode())
        self.key = Key(b"k" * 32)
        table = CenterTable(name="milano", key_file=str(file), **center)  # type: ignore[arg-type]
        self.settings = WatchSettings(center=(table,))
        self.begin_us = Instant(1_800_000_000 * SECOND)
        self.now = self.begin_us
        self.hands = Hands()
        self._challenge = b""
        self.begin()

    def begin(self) -> None:
        """It starts, perhaps again."""
        self.watcher = Watcher(self.settings, self.folder, state.read(self.folder), self.now)

    @property
    def verdict(self) -> str:
        return self.watcher.verdicts["milano"]

    def say(self, **fields: object) -> Answer:
        """A heartbeat, said again where it is asked for."""
        for _ in range(2):
            beat = replace(BEAT, challenge=self._challenge, **fields)
            sealed = self.key.beat(beat)
            said = self.watcher.hear(sealed, self.hands.able, self.now)
            assert said is not None
            answer = self.key.answer_in(said, sealed)
            self._challenge = answer.challenge
            if answer.taken:
                break
        return answer

    def probe(self, *, answered: bool) -> None:
        """The intake was asked."""
        self.watcher.probings["milano"].add(self.now, 40_000, answered=answered)

    def turn(self) -> None:
        """Time passes, and it looks."""
        self.now = Instant(self.now + TURN_US)
        self.hands.now = self.now
        self.watcher.turn(self.hands, self.now)

    def pass_s(self, seconds: float, **beats: object) -> None:
        """So long; with heartbeats every 10 s where they are given something to say (`well=True`)."""
        well = beats.pop("well", False)
        for n in range(round(seconds * SECOND / TURN_US)):
            if (well or beats) and n % 20 == 0:
                self.say(**beats)
            self.turn()

    def end(self, failure: CalloutFailure | None = CalloutFailure.NOT_ANSWERED) -> None:
        """The last call is over."""
        self.watcher.ended(self.hands.called[-1][0], failure, None, self.now)

    def take(self, person: Person = ANNA) -> None:
        """By a key of the phone that was called last."""
        self.watcher.taken(self.hands.called[-1][0], person, self.now)
        self.end(None)
