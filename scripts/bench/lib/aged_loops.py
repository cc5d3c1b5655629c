"""Loops that a center runs by itself, one by one, on an existing journal: all in this process, on a simulated
clock, with a count of the queries to the journal.

The sweep of expired personal data is left out: once a day the sweep reads each readable alert.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final
from unittest.mock import patch

from actors.housekeeper import actor as housekeeper
from gateways.http import node_orders
from gateways.http.parts.construction import parts
from gateways.http.parts.context import Web
from gateways.http.settings import WebSettings
from messages.ids import SECOND, Instant, NodeId, OperatorCommand
from model.settings import Settings
from model.settings.alerts import LimitsSettings
from model.settings.psap import PsapSettings
from model.settings.storage import RecordingSettings
from scripts.bench.lib.aged_journal import A_DAY, fill
from scripts.bench.lib.counted_rows import Counted, Counter
from store.alerts import figures
from store.fallback.fallback import Fallback
from store.fallback.keeper import Keeper
from store.journal.journal import Journal
from store.journal.notify import LocalNotifier
from store.registry.registry import Registry
from tests.scenarios.world import PSAP, World, world
from tests.support.journals import empty_journal

SETTLES_S: Final = 10.0
"""Time after which a start has done its one-time work, in seconds."""
BEGINS: Final = Instant(1_800_000_000 * SECOND)
NEW: Final = (3 * A_DAY, 100)
"""Number of events, and of positions of one alert, in a new journal: three days of events, because loops look
back two days at most.
"""
START: Final = "all actors, their start"
FILLED: Final = "the fallback journal, filled anew"
FREE_STEPS: Final = {START: 12_000, FILLED: 250_000}
"""Allowed difference of a loop. A start may read the events that may precede a summary of the node's alarms,
the fallback journal the 20,000 events searched for alerts closed lately.
"""
OTHERS_FREE_STEPS: Final = 500
"""Allowed difference of other loops: another moment of a thread."""
SETTINGS: Final = Settings(
    recording=RecordingSettings(enabled=True),
    psap=PsapSettings(number=PSAP),
    limits=LimitsSettings(idle_workers=1, live_cases=4),
)


def made(path: Path, events: int, positions: int) -> dict[str, object]:
    """Make a journal with these numbers of events and positions, ready for a start; return its figures."""
    begun = time.perf_counter()
    url = empty_journal(path)
    journal = Journal.open(url, node=NodeId("test"), clock=lambda: BEGINS, notify=LocalNotifier())
    written = fill(journal, NodeId("test"), events, positions, Instant(BEGINS - 3600 * SECOND))
    wrote_s = time.perf_counter() - begun
    for _ in figures.catch_up(journal):
        pass
    journal.checkpoint()
    journal.close()
    return {
        "events": written,
        "bytes": path.stat().st_size,
        "written_in_s": round(wrote_s, 1),
        "figures_in_s": round(time.perf_counter() - begun - wrote_s, 1),
    }


def measure(journal: Path, folder: Path) -> dict[str, Counted]:
    """Measure each loop, by name, on a copy of the journal in this folder, which is created."""
    for name in ("run", "logs", "keys", "recordings"):
        (folder / name).mkdir(parents=True)
    shutil.copy(journal, folder / "journal.db")
    counter = Counter()
    found: dict[str, Counted] = {}
    with counter.watching(), _center(folder, counter, found) as center:
        center.advance(SETTLES_S)
        found["all actors, ten seconds"] = counter.of(lambda: center.advance(10))
        found["all actors, a minute"] = counter.of(lambda: center.advance(60))
        found["an alert until its end"] = counter.of(lambda: _alert(center))
        web = _web(center)
        try:
            for name, work in _loops_of(web):
                found[name] = counter.of(work)
        finally:
            web.audit.close()
            web.journal.close()
        keeper = _fallback_keeper(center)
        found[FILLED] = counter.of(lambda: keeper.replicate(anew=True))
        found["the fallback journal, kept warm"] = counter.of(keeper.replicate)
    return found


def growing(new: dict[str, Counted], old: dict[str, Counted]) -> list[str]:
    """Return the loops that need more of the old journal than of the new one."""
    free = {loop: 1.1 * one.steps + FREE_STEPS.get(loop, OTHERS_FREE_STEPS) for loop, one in new.items()}
    return [loop for loop in new if old[loop].steps > free[loop]]


@contextmanager
def _center(folder: Path, counter: Counter, found: dict[str, Counted]) -> Iterator[World]:
    made: list[World] = []
    opened = world(folder, begins_us=BEGINS, settings=SETTINGS, changes={"backup.file": "/media/center.age"})
    with patch.object(housekeeper, "erase_expired", lambda *_: iter(())):
        found[START] = counter.of(lambda: made.append(opened.__enter__()))
        try:
            yield made[0]
        finally:
            opened.__exit__(None, None, None)


def _alert(center: World) -> None:
    """Run an alert called by mistake: to the conversation of both parties, and to its end."""
    center.send()
    center.until("user and operator talk", lambda: sum(leg.joined for leg in center.case.legs.values()) == 2)
    center.order(OperatorCommand.DECLARE_FALSE_ALARM)
    center.until("it is closed", lambda: center.case.closed_at is not None)


def _fallback_keeper(center: World) -> Keeper:
    state = center.env.state
    Fallback.make(state / "run")
    return Keeper(
        center.journal.url,
        state / "run",
        state / "keys",
        node=center.env.node,
        clock=center.clock.now_us,
        notify=center.notify,
    )


def _web(center: World) -> Web:
    settings = WebSettings(
        node=center.env.node,
        state=str(center.env.state),
        journal=center.journal.url,
        anchor_us=0,
        center=SETTINGS,
        port=0,
        version="0.1.0",
    )
    return parts(settings, clock=center.clock, notifier=center.notify)


def _loops_of(web: Web) -> Iterator[tuple[str, Callable[[], object]]]:
    yield "web, its start", web.following.load
    yield "web, each second: what is ordered", lambda: node_orders.carry_out_order(web)
    yield "web, each 0.4 s: who is let in", lambda: Registry(web.journal).access(web.clock.now_us())
    yield "web, each minute: the figures' rows", lambda: list(figures.catch_up(web.journal))
