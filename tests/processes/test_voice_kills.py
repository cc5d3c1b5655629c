"""What the phones hear of a death: of the bridge's a short gap, of anybody else's nothing."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path

import pytest

from messages.ids import AlertId
from scripts.lib.recovering import voice_gap
from tests.support.center import OPERATOR, PSAP, USER, Center, center, simulation

pytestmark = [pytest.mark.process, pytest.mark.timeout(300)]

GAP_S = 0.150
UNTOUCHED_S = 0.040
"""One frame more than a modem's own reserve: less cannot be told from a late tick of a busy machine."""
TRIES = 5
"""A death that touches the voice touches it every time; a busy machine does so now and then."""
APART_S = 2.6
"""Five deaths of one actor within ten seconds are answered by its group's restart."""
HEARD_S = 0.6
STANDS_S = 0.5
OTHERS = (
    "AlertCase",
    "CallLeg",
    "GsmModem",
    "Supervisor",
    "Web",
    "HttpBridge",
    "TrunkPool",
    "OperatorPool",
    "DeadlineWatchdog",
)


@pytest.fixture(scope="module")
def conference(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Center, AlertId]]:
    """User, operator and 112 in conversation."""
    folder: Path = tmp_path_factory.mktemp("voice")
    with center(folder, simulation()) as made:
        alert = made.send()
        made.until("operator and user are joined", lambda: made.joined(alert) == {"operator", "user"})
        assert made.order(alert, "call_psap").status_code == 202
        made.until("all three are joined", lambda: len(made.joined(alert)) == 3)
        yield made, alert


def bridges(made: Center, alert: AlertId) -> list[int]:
    """The process that mixes this alert."""
    return [row["pid"] for row in made.ps() if (row["role"], row["alert"]) == ("ConferenceBridge", alert)]


def strike(made: Center, alert: AlertId, role: str) -> float:
    """Kill everybody of the role that works on the alert: the longest gap that any phone has heard of it."""
    at = time.time()
    dead = made.kill(role, alert)
    made.until(f"another {role}", lambda: _successors(made, role, dead))
    made.until("everything is ready", made.is_ready)
    made.until("all three are joined", lambda: len(made.joined(alert)) == 3)
    until = time.time() + HEARD_S
    # What is said by then has to have reached the phones before it is looked at.
    made.until("the phones have heard it", lambda: all(_heard_until(made, n) > until for n in PHONES))
    return max(voice_gap(made, number, at, until) for number in PHONES)


PHONES = (OPERATOR, USER, PSAP)


def _successors(made: Center, role: str, dead: list[int]) -> bool:
    pids = [row["pid"] for row in made.ps() if row["role"] == role]
    return bool(pids) and not set(pids) & set(dead)


def _heard_until(made: Center, number: str) -> float:
    call = made.calls(number)[-1]
    return float(call["answered_at_s"]) + len(made.heard(number)) / 16000


def least(made: Center, alert: AlertId, role: str, enough_s: float) -> list[float]:
    """The gaps of at most five deaths, until one is short enough."""
    gaps: list[float] = []
    for _ in range(TRIES):
        struck = time.monotonic()
        gaps.append(strike(made, alert, role))
        if gaps[-1] <= enough_s:
            break
        made.until("the next death is one by itself", partial(_later_than, struck + APART_S))
    return gaps


def _later_than(moment: float) -> bool:
    return time.monotonic() >= moment


def test_a_bridge_that_stands_still_is_heard_so_this_measure_is_one(
    conference: tuple[Center, AlertId],
) -> None:
    made, alert = conference
    (bridge,) = bridges(made, alert)
    at = time.time()
    os.kill(bridge, signal.SIGSTOP)
    try:
        # Shorter than it takes for a stopped actor to be replaced.
        made.until("the phones have missed it", lambda: _heard_until(made, USER) > at + STANDS_S)
    finally:
        with suppress(ProcessLookupError):  # on a busy machine it was replaced meanwhile
            os.kill(bridge, signal.SIGCONT)
    made.until("all three are joined", lambda: len(made.joined(alert)) == 3)
    until = time.time() + HEARD_S
    made.until("the phones have heard it", lambda: all(_heard_until(made, n) > until for n in PHONES))
    assert voice_gap(made, USER, at, until) > STANDS_S / 2


def test_s13_the_voice_is_back_soon_after_the_bridge_was_killed(conference: tuple[Center, AlertId]) -> None:
    made, alert = conference
    gaps = least(made, alert, "ConferenceBridge", GAP_S)
    assert min(gaps) <= GAP_S, gaps


@pytest.mark.parametrize("role", OTHERS)
def test_s13_nobody_else_s_death_is_heard(conference: tuple[Center, AlertId], role: str) -> None:
    made, alert = conference
    before = bridges(made, alert)
    gaps = least(made, alert, role, UNTOUCHED_S)
    assert min(gaps) <= UNTOUCHED_S, gaps
    assert bridges(made, alert) == before


def test_s13_nor_that_of_everybody_else_at_once(conference: tuple[Center, AlertId]) -> None:
    made, alert = conference
    at = time.time()
    for row in made.ps():
        # The carrier is the network; without the actor system's own processes its group is ended as a whole.
        if row["role"] not in ("ConferenceBridge", "Carrier", "Node", "Admin", "Logger"):
            os.kill(row["pid"], signal.SIGKILL)
    made.until("everything is ready", made.is_ready)
    made.until("all three are joined", lambda: len(made.joined(alert)) == 3)
    assert {number: len(made.calls(number)) for number in PHONES} == dict.fromkeys(PHONES, 1)
    assert max(voice_gap(made, number, at, time.time() - 0.2) for number in PHONES) < 1.0
