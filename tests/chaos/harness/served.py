"""A center that serves one alert after another, and what is seen of it. Its phones are quick.

Every alert has a user of its own: the same number again within two minutes would be the same alert.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from application.state.processes import marked
from messages import events as ev
from messages.ids import AlertId, NodeId
from messages.journal import Recorded
from runtime.clock import SystemClock
from store import streams
from store.errors import JournalError
from store.journal.journal import Journal
from store.journal.notify import LocalNotifier
from tests.chaos.harness.call_book import CallBook
from tests.chaos.harness.strikes import Place, places
from tests.chaos.harness.view import Call, People
from tests.support.center import OPERATOR, PSAP, Center, line_number, simulation
from tests.waiting import comes_true

USERS = 150
PUBLIC, EMERGENCY = 4, 2
TONES = {"user": 440.0, "operator": 620.0, "psap": 880.0}
SETTINGS = """
[user]
no_answer_s = 1.5
[limits]
live_cases = 3
idle_workers = 1
[[heartbeat]]
name = "outside"
kind = "url"
url = "http://127.0.0.1:9/"
every_s = 1
"""
"""Nothing is sent there by a simulated run, and before each heartbeat all is looked at as before any."""
WELL_WITHIN_S = 20.0
PATIENCE_S = 1.5
"""With a web that is frozen: meanwhile nobody starts a dead node again."""


def user_number(n: int, users: int = USERS) -> str:
    """The n-th user's phone."""
    return f"+393330{n % users:06d}"


def quick_world(setup_s: float = 0.15) -> str:
    """Six lines, two operators, 112 and the users, all of them quick."""
    quick = {"rings_after_s": 0.15, "answers_after_s": 0.2}
    phones: dict[str, dict[str, object]] = {OPERATOR: {**quick}, PSAP: {**quick}}
    for n in range(USERS):
        phones[user_number(n)] = {**quick, "setup_time_s": setup_s, "says": f"tone:{TONES['user']:.0f}"}
    return simulation(public=PUBLIC, emergency=EMERGENCY, setup_s=setup_s, phones=phones)


class Served:
    """One running center, used for many alerts."""

    def __init__(
        self,
        folder: Path,
        *,
        world: str | None = None,
        settings: str = SETTINGS,
        center: Center | None = None,
    ) -> None:
        """`center`: one that is made already, with a world and settings of its own."""
        if center is None:
            folder.mkdir(parents=True, exist_ok=True)
            config = folder / "center.toml"
            config.write_text(settings)
            center = Center(folder, world or quick_world(), "--config", str(config))
            center.patience_s = PATIENCE_S
        self.center = center
        self.people = People("", OPERATOR, PSAP)
        self.alerts = 0
        self.book = CallBook(lambda: self.center.carrier)
        self._journal: Journal | None = None

    def start(self) -> None:
        """Start it, and wait until it is well."""
        self.center.start()
        problems = self.unwell_after(WELL_WITHIN_S)
        assert not problems, f"it does not get well: {problems}\n{self.center.everything()}"

    def stop(self) -> None:
        """End it and all that is left of it."""
        if self._journal is not None:
            self._journal.close()
        self.center.stop()

    def next_people(self) -> People:
        """The telephones of the next alert."""
        self.people = People(user_number(self.alerts), OPERATOR, PSAP)
        self.alerts += 1
        return self.people

    @property
    def public_number(self) -> str:
        """What users call."""
        return line_number(1)

    # ------------------------------------------------------------ what is seen

    @property
    def journal(self) -> Journal:
        """The journal, held open."""
        if self._journal is None:
            self._journal = Journal.open(
                f"sqlite:///{self.center.state.path / 'journal.db'}",
                node=NodeId("chaos"),
                clock=SystemClock.anchored().now_us,
                notify=LocalNotifier(),
            )
        return self._journal

    def last_seq(self) -> int:
        """Where the journal ends."""
        return self.journal.last_seq()

    def alert_since(self, seq: int, phone: str) -> AlertId | None:
        """The alert that this phone has raised since then."""
        for one in self.journal.read_all(seq, 5000):
            if isinstance(one.event, ev.AlertReceived) and one.event.phone == phone:
                return AlertId(one.stream.removeprefix("inbox-"))
        return None

    def recorded(self, alert: AlertId) -> list[Recorded]:
        """The alert's events."""
        return self.journal.read_streams(streams.inbox(alert), streams.case(alert))

    def seizures(self, seq: int, alert: AlertId) -> list[ev.LineSeized]:
        """Which lines the alert has seized."""
        found = [one.event for one in self._since(seq)]
        return [event for event in found if isinstance(event, ev.LineSeized) and event.alert == alert]

    def _since(self, seq: int) -> Iterator[Recorded]:
        while batch := self.journal.read_all(seq, 5000):
            yield from batch
            seq = batch[-1].seq

    def calls(self, people: People, after: int = 0) -> tuple[Call, ...]:
        """The carrier's calls with any of these people, oldest first, but for those up to `after`."""
        return tuple(
            one
            for one in self.book.read()
            if one.id > after and (one.caller in people.all or one.to in people.all)
        )

    def last_call(self) -> int:
        """The carrier's last call; 0 where there was none."""
        return max((one.id for one in self.book.read()), default=0)

    def places(self) -> list[Place]:
        """Everybody who is there."""
        return places(self.center.state)

    # ------------------------------------------------------------ whether it is well

    def unwell(self) -> list[str]:
        """What keeps it from being as it was before the first alert."""
        found = []
        try:
            ready = self.center.http.get("/readyz")
            if ready.status_code != 200:
                found.append(f"/readyz: {ready.json()['problems']}")
        except httpx.TransportError as error:
            found.append(f"the web does not answer: {error!r}")
        there = self.places()
        found += [f"{place.role} {place.key} is not ready" for place in there if not place.ready]
        found += [f"{place.role} {place.key} is busy" for place in there if place.alert is not None]
        found += self.strays(there)
        for phone in self.center.carrier.get("/phones").json():
            if phone["state"] != "idle":
                found.append(f"the phone {phone['number']} is {phone['state']}")
        for modem in self.center.carrier.get("/modems").json():
            if modem["calls"]:
                found.append(f"the line {modem['name']} has a call")
            if not modem["open"]:
                found.append(f"nobody has opened the line {modem['name']}")
        return found

    def strays(self, there: list[Place]) -> list[str]:
        """Processes of the center that it does not know itself, and places taken twice."""
        known = {place.process.pid for place in there}
        names = [place.name for place in there]
        doubles = {name for name in names if names.count(name) > 1}
        return [
            *(f"process {p.pid} is nobody" for p in marked(self.center.state.path) if p.pid not in known),
            *(f"{role} {key} is there twice" for role, key in doubles),
        ]

    def unwell_after(self, within_s: float) -> list[str]:
        """The same, as soon as there is nothing, or after this long."""
        found: list[str] = []

        def well() -> bool:
            nonlocal found
            try:
                found = self.unwell()
            except (httpx.TransportError, JournalError) as error:
                found = [repr(error)]
            return not found

        comes_true(well, within_s=within_s)
        return found


@contextmanager
def served(folder: Path) -> Iterator[Served]:
    """A running one, and its end."""
    made = Served(folder)
    try:
        made.start()
        yield made
    finally:
        made.stop()
