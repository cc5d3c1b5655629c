"""The wall clock is moved by an hour while an alert runs: no deadline moves, no time in the journal goes
back.

libfaketime lies to the whole center about the wall clock, and about nothing else; the machine's clock is
never touched. `apt-get install libfaketime`, which `scripts/test` does where it may.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

import httpx
import pytest

from application.state.state_dir import NodeFile, read_json
from center.node.clock import SAME_US
from messages.ids import SECOND, AlertId
from tests.support.center import USER, Center, center, simulation
from tests.support.ports import free_port

LIBRARY: Final = next(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"), None)
pytestmark = [
    pytest.mark.process,
    pytest.mark.timeout(400),
    pytest.mark.skipif(
        LIBRARY is None,
        reason="WALL CLOCK JUMPS ARE NOT TESTED: there is no libfaketime (apt-get install it)",
    ),
]

STARTS: Final = 3
"""A deadline has so many starts of a center, as long as one takes here: one, and what else is done."""
LEAST_S: Final = 20
"""A shorter deadline leaves too little time for `user.setup_time_s`: the settings would be faulty."""
LATE_S: Final = 2.0
"""A loaded machine writes the miss so long after the deadline at the latest."""
HOUR_S: Final = 3600
TO_DO: Final = "the center starts again by itself to take it over, once no alert is open"


class WallClock:
    """What the center's processes take for the wall clock."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self._file = folder / "wall-clock"
        self.jump(0)
        for name, value in {
            "LD_PRELOAD": str(LIBRARY),
            "FAKETIME_TIMESTAMP_FILE": str(self._file),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            # The name before 0.9.10.
            "DONT_FAKE_MONOTONIC": "1",
            # By default a timed wait for the interpreter's lock ends at once: two threads of one process
            # then take turns without pause, ten times slower, and hold the journal's lock for seconds.
            "FAKETIME_FORCE_MONOTONIC_FIX": "0",
            "NO_FAKE_STAT": "1",
            # Shared memory would be left behind by whoever is killed.
            "FAKETIME_DISABLE_SHM": "1",
        }.items():
            monkeypatch.setenv(name, value)

    def jump(self, to_s: int) -> None:
        """From now on it is so many seconds ahead of what it really is. Never read half written."""
        part = self._file.with_suffix(".part")
        part.write_text(f"{to_s:+d}\n")
        part.replace(self._file)


@pytest.fixture
def wall_clock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[WallClock]:
    made = WallClock(tmp_path, monkeypatch)
    yield made
    made.jump(0)


def nobody_reaches_the_user() -> str:
    return simulation(phones={USER: {"behaviour": "unreachable"}})


def sent(made: Center) -> tuple[float, AlertId]:
    """When, and which. Sent again, as an app does: the library, which reads a file at each look at the clock,
    can hold a web's first request up in a timed wait until the web is taken for hung and replaced.
    """
    for _ in range(5):
        sent_s = time.monotonic()
        with suppress(httpx.TransportError):
            return sent_s, made.send()
    raise AssertionError("nobody takes the alert")


def times_only_go_on(made: Center, after_seq: int) -> None:
    with made.journal() as journal:
        times = [one.at_us for one in journal.read_all(after_seq, limit=10_000)]
    assert times == sorted(times)
    assert times[-1] - times[0] < 170 * SECOND


def missed_in_time(made: Center, alert: AlertId, sent_s: float, deadline_s: float) -> None:
    """The miss is at the deadline, by the journal and by a clock of the test's own."""
    made.until("the miss", lambda: made.case(alert).missed_at, deadline_s + 20)
    case = made.case(alert)
    assert case.missed_at is not None
    assert 0 <= (case.missed_at - case.deadline_at) / SECOND < LATE_S
    assert deadline_s - 0.5 < time.monotonic() - sent_s < deadline_s + LATE_S + 1
    assert case.deadline_at - case.received_at == deadline_s * SECOND


def known(made: Center) -> NodeFile:
    """What the node tells of itself."""
    said = read_json(made.state.node_file, NodeFile)
    assert said is not None
    return said


def test_s11_a_step_is_taken_over_where_nothing_is_open_and_moves_no_deadline_where_an_alert_is(
    tmp_path: Path, wall_clock: WallClock
) -> None:
    settings = tmp_path / "center.toml"
    settings.touch()
    began_s = time.monotonic()
    with center(tmp_path, nobody_reaches_the_user(), "--config", str(settings), port=free_port()) as made:
        deadline_s = max(LEAST_S, STARTS * math.ceil(time.monotonic() - began_s))
        # Which it reads as it starts again by itself.
        settings.write_text(f"{settings.read_text()}[deadline]\nseconds = {deadline_s}\n")
        begun = known(made)
        wall_clock.jump(HOUR_S)

        def taken() -> NodeFile | None:
            after = read_json(made.state.node_file, NodeFile)  # none while it starts again
            moved_us = 0 if after is None else after.anchor_us - begun.anchor_us
            return after if abs(moved_us - HOUR_S * SECOND) < SECOND else None

        before = made.until("the clock is taken over", taken)
        assert before.process == begun.process, "the service has not ended"
        made.until("everything is ready", made.is_ready)
        with made.journal() as journal:
            seq = journal.last_seq()

        sent_s, alert = sent(made)
        app = {"Authorization": f"Bearer {(made.state.path / 'keys' / 'app.key').read_text().strip()}"}
        seen = made.until("it is told", lambda: made.http.get(f"/v1/alerts/{alert}", headers=app).json())
        made.until("an operator is called", lambda: made.case(alert).legs)
        # A node that is started again after a step keeps the deadlines of open alerts.
        wall_clock.jump(2 * HOUR_S)
        made.kill_node()
        made.start()
        assert abs(known(made).anchor_us - before.anchor_us) <= SAME_US
        # So does one that goes on.
        for jump_s in (0, 2 * HOUR_S):
            wall_clock.jump(jump_s)
            written = len(made.recorded(alert))
            assert made.order(alert, "note", f"at {jump_s} s").status_code == 202
            made.until("it is written", lambda written=written: len(made.recorded(alert)) > written)
        told = made.until("it is told", lambda: made.http.get(f"/v1/alerts/{alert}", headers=app).json())
        assert told["deadline_at"] == seen["deadline_at"]
        missed_in_time(made, alert, sent_s, deadline_s)
        made.until("an operator has it", lambda: made.case(alert).operator)
        made.until("the doctor sees it", lambda: TO_DO in made.cli("doctor").stdout)
        times_only_go_on(made, seq)
