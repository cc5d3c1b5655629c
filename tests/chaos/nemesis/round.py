"""One round: load and faults by a schedule, then everything is healed, then it is judged."""

from __future__ import annotations

import json
import shutil
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

import httpx
import msgspec

from application.settings.file import load
from messages.ids import SECOND, Instant
from store.errors import JournalError
from tests.chaos.nemesis.deeds import (
    Again,
    Alert,
    CallIn,
    Cancel,
    Command,
    Deed,
    Disk,
    Headset,
    Line,
    Lock,
    Message,
    Node,
    Order,
    Phone,
    Position,
    Shift,
    Strike,
    Whole,
    to_json,
)
from tests.chaos.nemesis.done import Done, now_us
from tests.chaos.nemesis.evidence import evidence
from tests.chaos.nemesis.faults import Faults
from tests.chaos.nemesis.headsets import Headsets
from tests.chaos.nemesis.judge import judge, look_around
from tests.chaos.nemesis.of_nodes import NodeFaults
from tests.chaos.nemesis.people import People, Staff
from tests.chaos.nemesis.story import Console, Sizes, Story
from tests.chaos.nemesis.world import READY_WITHIN_S, World
from tests.waiting import comes_true

QUIET_WITHIN_S: Final = 150.0
"""After the healing every alert comes to its end, and all are well."""
STAYS_QUIET_S: Final = 3.0
LOOKS_EVERY_S: Final = 0.2
HANDS, KEYS = 32, 4
"""Threads: each deed may wait for as long as its fault lasts, a key for an answer."""


@dataclass(frozen=True, kw_only=True)
class Result:
    """What came of it. `done`: by kind; `wrong`: everything, in words."""

    done: dict[str, int]
    alerts: int
    outcomes: dict[str, int]
    calls: int
    events: int
    receipts: dict[str, int]
    orders: dict[str, int]
    starts: int
    quiet_after_s: float
    """From the healing until all alerts had ended and all was well."""
    took_s: float
    wrong: list[str]


class Round:
    """See the module."""

    def __init__(self, world: World, deeds: Sequence[Deed]) -> None:
        self.world, self.deeds = world, deeds
        self.done = Done()
        self.story = Story(world.center.open_journal, world.book)
        self._healed = threading.Event()
        """Faults end."""
        self._over = threading.Event()
        self.people = People(world, self.done, self.story, healed=self._healed, over=self._over)
        self.faults = Faults(world, self.done, self.story, self._healed)
        self.of_nodes = NodeFaults(world, self.done, healed=self._healed)
        self.headsets = Headsets(world, self.done, healed=self._healed, over=self._over)
        self._staff = Staff(self.people, load(world.center.config), self.faults.machines)
        self._sizes = Sizes()
        self._quiet_after_s, self._quiet_since = 0.0, now_us()
        self._hands, self._keys = ThreadPoolExecutor(HANDS), ThreadPoolExecutor(KEYS)
        self._doing: list[Future[None]] = []
        self._faults: list[Future[None]] = []
        """Those that end with the healing; commands wait until no alert is open, apps try on."""

    def go(self) -> Result:
        """All of it."""
        begun_s = time.monotonic()
        watch = threading.Thread(target=self._watch)
        watch.start()
        console = Console(self.world)
        try:
            self._trouble()
            self._heal()
            wrong = self._calm()
        finally:
            self._healed.set()
            self._over.set()
            watch.join()
            self._keys.shutdown()
            wait(self._doing)
            self.headsets.end()
        try:
            wrong += self._judged(console)
        finally:
            console.end()
            self.story.close()
            # Not before: a database ends with the thread that has started it again.
            self._hands.shutdown()
        return self._result(wrong, time.monotonic() - begun_s)

    # ------------------------------------------------------------ the course

    def _trouble(self) -> None:
        begun_s, pause = time.monotonic(), threading.Event()
        for deed in self.deeds:
            while (left_s := begun_s + deed.at_s - time.monotonic()) > 0:
                self.world.look_after()
                pause.wait(min(left_s, LOOKS_EVERY_S))
            doing = self._hands.submit(self._do, deed)
            self._doing.append(doing)
            if isinstance(deed, Shift | Strike | Whole | Node | Line | Phone | Headset | Lock | Disk):
                self._faults.append(doing)

    def _do(self, deed: Deed) -> None:
        """On a thread of its own; an error of the harness is one of the round."""
        self.done.count(_kind(deed))
        try:
            self._done_by(deed)
        except Exception as error:
            self.done.odd.append(f"the harness: {deed}: {type(error).__name__}: {error}")

    def _done_by(self, deed: Deed) -> None:
        people, faults = self.people, self.faults
        match deed:
            case Alert():
                people.raise_alert(deed)
            case Again():
                people.raise_again(deed)
            case Cancel():
                people.cancel(deed)
            case Message():
                people.write(deed)
            case Position():
                people.tell_position(deed)
            case CallIn():
                people.call_in(deed)
            case Order():
                people.press(deed)
            case Shift():
                people.shift(deed)
            case Strike():
                faults.strike(deed)
            case Whole():
                faults.whole(deed)
            case Node():
                self.of_nodes.strike(deed)
            case Line():
                faults.line(deed)
            case Phone():
                faults.phone(deed)
            case Headset():
                self.headsets.put_away(deed)
            case Lock():
                faults.lock(deed)
            case Disk():
                faults.disk(deed)
            case Command():
                faults.command(deed)

    def _heal(self) -> None:
        self._healed.set()
        wait(self._faults)
        self.done.say("all is healed")
        self.faults.heal()
        comes_true(self._all_ready, within_s=READY_WITHIN_S)

    def _all_ready(self) -> bool:
        self.world.look_after()
        return self.people.all_ready()

    def _calm(self) -> list[str]:
        """What does not come to an end. The center is watched on for a while once it is well."""
        unwell: list[str] = []

        def quiet() -> bool:
            self.world.look_after()
            try:
                unwell[:] = [f"{alert} is open" for alert in self.story.open_cases] or self.world.unwell()
            except (httpx.TransportError, JournalError) as error:
                unwell[:] = [repr(error)]
            return not unwell

        begun_s = time.monotonic()
        came = comes_true(quiet, within_s=QUIET_WITHIN_S)
        self._quiet_after_s, self._quiet_since = time.monotonic() - begun_s, now_us()
        self._over.wait(STAYS_QUIET_S)
        return [] if came else [f"quiet: after {QUIET_WITHIN_S:.0f} s: {one}" for one in unwell]

    # ------------------------------------------------------------ watching

    def _watch(self) -> None:
        """On a thread of its own, until the round is over."""
        while not self._over.wait(LOOKS_EVERY_S):
            try:
                self._look()
            except Exception as error:
                self.done.odd.append(f"the harness: looking: {type(error).__name__}: {error}")

    def _look(self) -> None:
        """Read on, and let the operators press what is due."""
        self.story.look()
        self._sizes.look(self.world)
        for alert, command, operator in self._staff.due(self._healed.is_set()):
            self._keys.submit(self.people.order, alert, command, operator)
        with suppress(httpx.TransportError):
            self._staff.hang_up(self._healed.is_set())

    # ------------------------------------------------------------ the end

    def _judged(self, console: Console) -> list[str]:
        carrier = self.world.center.carrier
        self.story.read_again()
        phones = carrier.get("/phones").json()
        seen = evidence(
            self.story.recorded,
            self.story.calls,
            self.done,
            until=now_us(),
            messages=carrier.get("/messages").json(),
            offhook=tuple(phone["number"] for phone in phones if phone["state"] != "idle"),
            busy=tuple(
                f"{one.role} {one.key} with {one.alert}"
                for one in self.world.places()
                if one.alert is not None
            ),
        )
        several = len(self.world.nodes) > 1
        wrong = judge(seen, self.story.calls, self.done, nodes=several)
        return wrong + look_around(self.world, self.story, console, self._sizes, self._quiet_since)

    def _result(self, wrong: list[str], took_s: float) -> Result:
        outcomes = Counter(str(case.outcome) for case in self.story.cases.values())
        return Result(
            done=dict(sorted(self.done.kinds.items())),
            alerts=len(self.story.cases),
            outcomes=dict(sorted(outcomes.items())),
            calls=len(self.story.calls),
            events=len(self.story.recorded),
            receipts=dict(Counter(str(one.status) for one in self.done.receipts)),
            orders=dict(Counter(str(one.status) for one in self.done.orders)),
            starts=sum(node.starts for node in self.world.nodes),
            quiet_after_s=round(self._quiet_after_s, 1),
            took_s=round(took_s, 1),
            wrong=wrong,
        )

    def keep(self, folder: Path, result: Result) -> None:
        """Write down what is needed to understand it."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "schedule.jsonl").write_text(to_json(self.deeds))
        (folder / "result.json").write_text(json.dumps(asdict(result), indent=1))
        began_us = self.done.began_us
        orders = [
            f"{(one.at_us - began_us) / SECOND:8.2f} {one.command} of {one.alert}: {one.status} {one.text}"
            for one in self.done.orders
        ]
        answers = [
            f"{(one.at_us - began_us) / SECOND:8.2f} {one.id} of {one.phone}: {one.status} {one.alert}"
            for one in self.done.receipts
        ]
        (folder / "done.txt").write_text("\n".join(sorted(self.done.log + orders + answers)) + "\n")
        (folder / "journal.txt").write_text("\n".join(self._told(began_us)) + "\n")
        calls = msgspec.json.encode([asdict(call) for call in self.story.calls])
        (folder / "calls.json").write_bytes(msgspec.json.format(calls, indent=1))
        for node in self.world.nodes:
            shutil.copytree(node.state.logs, folder / "logs" / node.name, dirs_exist_ok=True)
            shutil.copy(node.log, folder / "logs" / node.name)
        shutil.copy(self.world.folder / "carrier.log", folder / "logs")

    def _told(self, began_us: Instant) -> Iterator[str]:
        for one in self.story.recorded:
            at_s = (one.at_us - began_us) / SECOND
            yield f"{one.seq} {at_s:8.3f} {one.stream} #{one.version} {one.event}"


def _kind(deed: Deed) -> str:
    """Told with what of it, where there are several."""
    match deed:
        case Alert(how=how):
            return f"alert {how}"
        case Strike(role=role, frozen_s=frozen_s):
            return f"{'freeze' if frozen_s else 'kill'} {role}"
        case Whole(how=how):
            return f"whole {how}"
        case Node(what=what):
            return f"node {what}"
        case Line(fault=fault):
            return f"line {fault}"
        case Phone(does=does):
            return f"phone {does}"
        case Command(words=words):
            return f"command {words}"
        case _:
            return type(deed).__name__.lower()
