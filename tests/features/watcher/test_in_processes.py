"""A center freezes or dies: a watcher on another machine phones people, until one takes it.

Of a cut two centers tell each other's people (`test_two_centers`), and a watcher in `scripts/bench/watch`.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from typing import Any

import numpy as np
import pytest

from application.state.processes import marked
from tests.features.watcher.process import ROSTER, SLEEPS, WAKES, WatcherProcess, watched
from tests.support.center import Center, simulation
from tests.support.networks import Network, missing, network
from tests.support.recordings import write_tone
from tests.waiting import wait_until

pytestmark = [pytest.mark.process, pytest.mark.timeout(300)]

SILENT_S = 6.0
"""As in the settings below; the shipped ones are 40 s, and a heartbeat in 10 s."""
RINGS_WITHIN_S = SILENT_S + 20.0
FAST = f"silent_after_s = {SILENT_S}\nunwell_after_s = 8\nprobe_every_s = 1\n"


@pytest.fixture(scope="module")
def there() -> Iterator[Network]:
    if why := missing():
        pytest.skip(f"NOT TESTED, that a dead center is noticed from another machine: {why}")
    with network() as made:
        yield made


@pytest.fixture(scope="module")
def site(there: Network, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Center, WatcherProcess]]:
    """The center at the switch, and its watcher on a machine with a cable."""
    folder = tmp_path_factory.mktemp("watch")
    address = there.add("w")
    one = write_tone(folder / "one.wav", 697, 1209, seconds=0.2, pause_s=2.8)
    watcher = WatcherProcess(folder / "watcher", inside=there.inside("w"), says=f'says = "loop:{one}"')
    watcher.port = 8114
    settings = watched(folder / "center.toml", there.address, address, watcher, "every_s = 1")
    center = Center(folder, simulation(public=2, emergency=1), "--config", str(settings))
    try:
        center.start()
        roster = folder / "roster.toml"
        roster.write_text(ROSTER)
        done = center.cli("duty", "import", str(roster), "--yes")
        assert done.returncode == 0, done.stdout + done.stderr
        watcher.start(center=f'probe = "{center.address}/healthz"\n{FAST}', more="ring_s = 2")
        watcher.until_verdict("well")
        wait_until(watcher.has_roster, within_s=60, what="the roster comes with a heartbeat")
        yield center, watcher
    finally:
        watcher.stop()
        center.stop()


def signalled(center: Center, what: signal.Signals) -> None:
    """All of the center's machine at once."""
    for process in marked(center.state.path):
        with suppress(ProcessLookupError):
            os.kill(process.pid, what)


def told(watcher: WatcherProcess, kind: str) -> list[dict[str, Any]]:
    """What it has written down of its callouts, of one kind."""
    said = [one["said"] for one in watcher.said() if "said" in one]
    return [one for one in said if one["type"] == kind]


def struck(watcher: WatcherProcess, what: str, strike: Callable[[], None]) -> None:
    """A phone rings in time."""
    rings = partial(watcher.rings, SLEEPS, len(watcher.calls(SLEEPS)))
    strike()
    began = time.monotonic()
    wait_until(rings, within_s=RINGS_WITHIN_S, what=f"{what}: a phone rings")
    print(f"{what}: a phone rings after {time.monotonic() - began:.1f} s")


def test_frozen_and_dead_each_rings_until_somebody_takes_it(site: tuple[Center, WatcherProcess]) -> None:
    """The first does not answer, the second takes it by a key."""
    center, watcher = site
    struck(watcher, "frozen", lambda: signalled(center, signal.SIGSTOP))
    wait_until(lambda: told(watcher, "callout.taken"), within_s=60, what="somebody takes it")
    (taken,) = told(watcher, "callout.taken")
    called = [one["person"] for one in told(watcher, "callout.tried") if one["way"] == "call"]
    assert called == ["anna", "anna", "bea"]
    assert taken["person"] == "bea"
    signalled(center, signal.SIGCONT)
    watcher.until_verdict("well")
    struck(watcher, "no power", lambda: signalled(center, signal.SIGKILL))
    assert any("silent" in one.get("verdict", "") for one in watcher.said())
    assert watcher.texts(SLEEPS)
    spoken = np.frombuffer(watcher.heard(WAKES)[44:], dtype="<i2")
    assert int(np.abs(spoken.astype(np.int32)).max()) > 2000  # somebody was spoken to
