"""A storm of alerts upon a whole center of real processes; `scripts/bench/overload` has figures."""

from __future__ import annotations

import time
from pathlib import Path

import httpx
import pytest

from messages import events as ev
from messages.ids import SECOND, AlertId, Instant
from store.journal.journal import Journal
from tests.support.center import Center, center, simulation
from tests.support.overload import Judgement, Operators, Storm, Story, order, phone_of, prepare

pytestmark = [pytest.mark.process, pytest.mark.timeout(240)]

ALERTS, SECONDS, SPREAD_S = 75, 0.5, 4.0
WAITED_US = Instant(4 * SECOND)
"""An alert is passed over when it was there for so long: a loaded machine takes its time to open a case."""
SETTINGS = """
[deadline]
seconds = 15

[limits]
live_cases = 4
"""


def stories(journal: Journal, start: int) -> list[Story]:
    """What has become of the storm's alerts."""
    return list(Judgement().read(journal, start).stories.values())


def test_case_10_in_a_storm_nothing_is_lost_all_are_advised_and_afterwards_all_is_as_before(
    tmp_path: Path,
) -> None:
    config = tmp_path / "center.toml"
    config.write_text(SETTINGS)
    quick = {"rings_after_s": 0.02, "answers_after_s": 0.02, "says": "silence"}
    phones = {phone_of("operator", n): quick for n in range(4)}
    phones |= {phone_of("user", n): quick for n in range(ALERTS + 1)}
    world = simulation(setup_s=0.05, phones=phones)
    with center(tmp_path, world, "--config", str(config)) as made, made.journal() as journal:
        tokens = prepare(journal, 4)
        storm, operators = Storm(made, tmp_path), Operators(made, journal, tokens)
        start, token = journal.last_seq(), next(iter(tokens.values()))
        operators.start()
        try:
            storm.console(token)
            storm.begin(ALERTS, SECONDS, SPREAD_S, 1)
            made.until("all are there", lambda: len(stories(journal, start)) == ALERTS)
            made.until("all are taken or advised", lambda: all_know(journal, start))
            made.until(
                "some are served",
                lambda: served(journal, start) >= 2,
            )
            made.until("every deadline has passed", lambda: all_are_over(journal, start), 60.0)
            told, seen = storm.end()
            get_rid_of_all(made, journal, start, token)
            judged = Judgement(WAITED_US).read(journal, start)
            after = made.send(phone_of("user", ALERTS))
            made.until("an ordinary alert is served as before", lambda: made.case(after).closed_at)
        finally:
            storm.kill()
            operators.end()
        assert {one.status for one in told} == {202}, "accepted, every one"
        assert {one.alert for one in told} == set(judged.stories), "and kept"
        assert sum(one.by == "answer" for one in told) >= ALERTS - 2 * 4, "most are told with the receipt"
        assert judged.passed_over == [], "the earliest deadline that can be met first"
        assert (seen.open_max >= ALERTS // 2, seen.closed) == (True, 0), "the console has looked on"
        assert any(isinstance(one.event, ev.AlertClosed) for one in made.recorded(after))
        assert made.is_ready()


def all_know(journal: Journal, start: int) -> bool:
    """Whether each alert has a worker, or its app knows that it has none."""
    return all(one.advised_at or one.opened_at for one in stories(journal, start))


def served(journal: Journal, start: int) -> int:
    """How many were reached, asked, and had raised it by mistake."""
    return sum(one.outcome == "false_alarm" for one in stories(journal, start))


def all_are_over(journal: Journal, start: int) -> bool:
    """Whether each alert was reached, closed or missed, so that it may be closed by hand."""
    return all(one.missed_at or one.closed_at for one in stories(journal, start))


def get_rid_of_all(made: Center, journal: Journal, start: int, token: str) -> None:
    """An operator closes what is left; what is refused now is ordered again."""
    with httpx.Client(base_url=made.address, timeout=30) as http:
        ordered: dict[AlertId, float] = {}

        def none_is_left() -> bool:
            left = [one.alert for one in stories(journal, start) if one.closed_at is None]
            for alert in left:
                if time.monotonic() - ordered.get(alert, 0.0) > 5.0:
                    ordered[alert] = time.monotonic()
                    order(http, alert, "close", token)
            return not left

        made.until("all are closed", none_is_left, 90.0)
