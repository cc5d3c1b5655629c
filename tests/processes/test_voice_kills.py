"""What the phones hear of a death: of the mixer's a short gap, of anybody else's nothing.

Few times each, and so that it holds beside other tests: media threads go before all others. How short it is
on a quiet machine `scripts/bench/recovery` asks (`scripts/nightly`): the mixer's p99, of others some frames.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path

import pytest

from actors.mixer.actor import ORPHAN_US
from application.state.processes import marked
from messages.ids import SECOND, AlertId
from tests.support.center import OPERATOR, PSAP, USER, Center, center, simulation
from tests.support.hearing import LAST_S, PARTIES, hasten_modems, voice_gaps
from tests.support.tones_heard import all_hear_each_other

pytestmark = [pytest.mark.process, pytest.mark.timeout(300)]

GAP_S = 0.250
UNTOUCHED_S = 0.150
DEATHS = 3
"""Five of one actor within ten seconds are answered by its group's restart."""
BEFORE_S = 0.1
HEARD_S = 0.6
STANDS_S = 0.5
OTHERS = ("AlertCase", "ConferenceBridge", "CallLeg", "GsmModem", "Supervisor")
"""Who speaks to the mixer or to the bridge, or has started them. The rest die in the test of all at once."""


@pytest.fixture(scope="module")
def conference(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Center, AlertId]]:
    """User, operator and 112 in conversation."""
    folder: Path = tmp_path_factory.mktemp("voice")
    with center(folder, simulation()) as made:
        hasten_modems(made)
        alert = made.send()
        made.until("operator and user are joined", lambda: made.joined(alert) == {"operator", "user"})
        assert made.order(alert, "call_psap").status_code == 202
        made.until("all hear each other", lambda: all_hear_each_other(made, (USER, OPERATOR, PSAP)))
        yield made, alert


def mixers(made: Center) -> list[int]:
    """The process that mixes."""
    return sorted(made.pids("Mixer"))


def alive(made: Center, pid: int) -> bool:
    """Whether this process of the center runs."""
    return pid in {process.pid for process in marked(made.state.path)}


def strike(made: Center, alert: AlertId, role: str) -> None:
    """Kill everybody of the role that works on the alert, and wait for those who come then."""
    made.until(f"a {role}", lambda: made.pids(role))
    dead = set(made.kill(role, alert))
    made.until(f"another {role}", lambda: made.pids(role) and not made.pids(role) & dead)


def heard_since(made: Center, alert: AlertId, at: float) -> dict[str, float]:
    """The longest gap that each phone has heard of what was done then."""
    made.until("everything is ready", made.is_ready)
    made.until("all three are joined", lambda: len(made.joined(alert)) == 3)
    until = time.time() + HEARD_S
    # What is said by then has to have reached the phones before it is looked at.
    made.until("the phones have heard it", partial(_later_than, until + 2 * LAST_S))
    assert {number: len(made.calls(number)) for number in PARTIES.values()} == dict.fromkeys(
        PARTIES.values(), 1
    )
    return voice_gaps(made, at - BEFORE_S, until)


def _later_than(moment: float) -> bool:
    return time.time() >= moment


def test_a_mixer_that_stands_still_is_heard_so_this_measure_is_one(
    conference: tuple[Center, AlertId],
) -> None:
    made, alert = conference
    (mixer,) = mixers(made)
    at = time.time()
    os.kill(mixer, signal.SIGSTOP)
    try:
        # Shorter than it takes for a stopped actor to be replaced.
        made.until("the phones have missed it", partial(_later_than, at + STANDS_S))
    finally:
        with suppress(ProcessLookupError):  # on a busy machine it was replaced meanwhile
            os.kill(mixer, signal.SIGCONT)
    gaps = heard_since(made, alert, at)
    # What lies in a port is heard on: 40 ms by rule, 120 at most.
    assert min(gaps.values()) > STANDS_S - 0.15, gaps


def test_s13_the_voice_is_back_soon_after_the_mixer_was_killed(conference: tuple[Center, AlertId]) -> None:
    made, alert = conference
    gaps: list[float] = []
    for _ in range(DEATHS):
        at = time.time()
        strike(made, alert, "Mixer")
        gaps.append(max(heard_since(made, alert, at).values()))
    assert min(gaps) <= GAP_S, gaps
    assert max(gaps) <= 4 * GAP_S, gaps


def test_s13_nobody_else_s_death_is_heard(conference: tuple[Center, AlertId]) -> None:
    made, alert = conference
    before, at = mixers(made), time.time()
    for role in OTHERS:
        strike(made, alert, role)
    gaps = heard_since(made, alert, at)
    assert max(gaps.values()) <= UNTOUCHED_S, gaps
    assert mixers(made) == before


def test_s13_nor_that_of_the_actor_system_whose_next_mixer_takes_over(
    conference: tuple[Center, AlertId],
) -> None:
    made, alert = conference
    (before,) = mixers(made)
    at = time.time()
    made.kill("Admin")
    made.until("another mixer", lambda: mixers(made) not in ([], [before]))
    gaps = heard_since(made, alert, at)
    assert max(gaps.values()) <= UNTOUCHED_S, gaps
    made.until("the first has ended", lambda: not alive(made, before))


def test_s13_nor_that_of_the_node_and_all_that_its_next_life_ends(conference: tuple[Center, AlertId]) -> None:
    made, alert = conference
    (before,) = mixers(made)
    at = time.time()
    made.kill("Node")
    made.start_again()
    made.until("another mixer", lambda: mixers(made) not in ([], [before]))
    took_s = time.time() - at
    gaps = heard_since(made, alert, at)
    # A mixer without a center mixes on for so long; a machine may take longer to start one.
    assert took_s > ORPHAN_US / SECOND or max(gaps.values()) <= UNTOUCHED_S, gaps
    made.until("the first has ended", lambda: not alive(made, before))


def test_s13_nor_that_of_everybody_else_at_once(conference: tuple[Center, AlertId]) -> None:
    made, alert = conference
    at = time.time()
    for row in made.ps():
        # The carrier is the network; without the actor system's own processes its group is ended as a whole.
        if row["role"] not in ("Mixer", "Carrier", "Node", "Admin", "Logger"):
            os.kill(row["pid"], signal.SIGKILL)
    gaps = heard_since(made, alert, at)
    assert max(gaps.values()) <= UNTOUCHED_S, gaps
