"""The disk fails under a whole center: alerts are taken and handled from memory, said to be so, and written
down when it is back."""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from messages.events import AlarmCleared, AlarmRaised
from messages.ids import AlertId, Outcome
from store import streams
from store.journal.matters import open_alerts
from tests.support.center import OPERATOR, PSAP, USER, Center, center, simulation
from tests.support.disks import small_file_system

pytestmark = [pytest.mark.process, pytest.mark.timeout(240)]

OTHER = "+393331112224"


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    with small_file_system(tmp_path / "disk", 12) as disk:
        yield disk


def fill(disk: Path) -> Path:
    """Not a byte is left."""
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(bytes(4096))
    return ballast


def taken_from_memory(made: Center, answer: httpx.Response) -> AlertId:
    """The answer says that it is not durable, and that the alert is handled."""
    assert answer.status_code == 503, answer.text
    said = answer.json()
    assert said["advice"] == "call_112_now"
    assert said["deadline_at"] > said["received_at"]
    return AlertId(said["alert"])


def opened(made: Center) -> list[AlertId]:
    """The alerts that are open."""
    with made.journal() as journal:
        return journal.at_one_moment(lambda connection: list(open_alerts(connection)))


def is_handled_to_the_end(made: Center, alert: AlertId) -> None:
    """Operator and user, 112, leaving, the end."""
    made.until("operator and user are joined", lambda: made.joined(alert) == {"operator", "user"})
    assert made.order(alert, "call_psap").status_code == 202
    made.until("all three are joined", lambda: len(made.joined(alert)) == 3)
    assert made.order(alert, "leave").status_code == 202
    made.until("the operator has left", lambda: made.joined(alert) == {"user", "psap"})
    for number in (OPERATOR, USER, PSAP):
        assert len(made.calls(number)) == 1, f"{number} was called once, and never dropped"
    for number in (PSAP, USER):
        made.carrier.post(f"/phones/{number}/hang_up")
    made.until("it is closed", lambda: made.case(alert).closed_at)
    assert made.case(alert).outcome is Outcome.HANDED_OVER


def is_durable_again(made: Center, *alerts: AlertId) -> None:
    """All of it is on the disk, and said to be."""
    made.until("everything is ready", made.is_ready)
    with sqlite3.connect(f"file:{made.state.path}/journal.db?mode=ro", uri=True) as disk:
        for alert in alerts:
            (count,) = disk.execute(
                "SELECT count(*) FROM event WHERE stream IN (?, ?)",
                (streams.inbox(alert), streams.case(alert)),
            ).fetchone()
            assert count == len(made.recorded(alert)) > 3
    disk.close()

    made.until("the alarm is cleared", lambda: was_not_durable(made))
    verified = made.cli("journal", "verify")
    assert verified.returncode == 0, verified.stdout + verified.stderr


def was_not_durable(made: Center) -> bool:
    """Whether the alarm was raised, and is over."""
    node = json.loads(made.state.node_file.read_text())["node"]
    with made.journal() as journal:
        alarms = [
            one.event
            for one in journal.read(streams.node(node))
            if isinstance(one.event, AlarmRaised | AlarmCleared) and one.event.alarm == "journal.not_durable"
        ]
    return [type(alarm) for alarm in alarms][-2:] == [AlarmRaised, AlarmCleared]


def test_s13_a_disk_that_is_full_in_the_middle_of_a_call(small_disk: Path) -> None:
    world = simulation(phones={OTHER: {"name": "Anna Bianchi", "says": "tone:300"}})
    with center(small_disk, world) as made:
        first = made.send()
        made.until("operator and user are joined", lambda: made.joined(first) == {"operator", "user"})
        ballast = fill(small_disk)
        # The log has room that it uses again; it takes some notes until the disk is asked for more.
        made.until(
            "nothing is durable",
            lambda: made.order(first, "note", "x" * 2000).json().get("durable") is False,
        )
        taken_from_memory(made, made.post())
        assert opened(made) == [first], "the same alert again, whatever it is called to who joins it"
        assert made.http.get("/readyz").json()["journal"] is False
        dead = [*made.kill("AlertCase", first), *made.kill("Web")]
        made.until("others have come", lambda: not (made.pids("AlertCase") | made.pids("Web")) & set(dead))
        made.until("the web answers", lambda: made.http.get("/healthz").status_code == 200)
        is_handled_to_the_end(made, first)
        second = taken_from_memory(made, made.post(OTHER))
        made.until("operator and user are joined", lambda: made.joined(second) == {"operator", "user"})
        ballast.unlink()
        is_durable_again(made, first, second)
        assert made.post(USER).status_code == 202


def test_s13_a_journal_that_is_torn_in_the_middle_of_a_call(tmp_path: Path) -> None:
    with center(tmp_path, simulation()) as made:
        alert = made.send()
        made.until("operator and user are joined", lambda: made.joined(alert) == {"operator", "user"})
        before = made.recorded(alert)
        file = made.state.path / "journal.db"
        with file.open("r+b") as torn:
            torn.write(os.urandom(65536))
        made.until("it is seen", lambda: made.post().status_code == 503)
        assert made.recorded(alert)[: len(before)] == before
        made.kill("AlertCase", alert)
        is_handled_to_the_end(made, alert)
        assert "spare" in made.cli("doctor").stdout
        # What the person on duty does who has no backup.
        os.truncate(file, 0)
        is_durable_again(made, alert)
        made.until("the next one is durable", lambda: made.post("+393330000001").status_code == 202)


def test_s13_a_journal_that_is_emptied_in_the_middle_of_a_call(tmp_path: Path) -> None:
    """Everything is written anew, at other places, and everybody starts again; the calls stay up."""
    with center(tmp_path, simulation()) as made:
        alert = made.send()
        made.until("operator and user are joined", lambda: made.joined(alert) == {"operator", "user"})
        os.truncate(made.state.path / "journal.db", 0)
        # By the log: who opens an emptied journal from outside in this moment writes into it, too.
        # All of it: the actors whose places are no more end with long tracebacks in the same instant.
        log = made.state.logs / "center.jsonl"
        made.until("it is seen, and over", lambda: "durable again" in log.read_text())
        made.until("everything is ready", made.is_ready)
        is_durable_again(made, alert)
        is_handled_to_the_end(made, alert)
        made.until("the next one is durable", lambda: made.post("+393330000001").status_code == 202)


def test_s13_while_another_program_holds_the_journal_a_killed_node_is_followed_by_one_that_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with center(tmp_path, simulation()) as made:
        foreign = sqlite3.connect(made.state.path / "journal.db", isolation_level=None)
        foreign.execute("BEGIN EXCLUSIVE")
        assert made.post().status_code == 503
        taken_from_memory(made, made.post())
        (alert,) = opened(made)
        made.until("operator and user are joined", lambda: made.joined(alert) == {"operator", "user"})
        made.kill_node()

        def serves() -> bool:
            said = made.http.get("/readyz").json()
            return bool(said["actors"] and said["lines"]) and said["journal"] is False

        with monkeypatch.context() as patch:
            patch.setattr(made, "is_ready", serves)
            made.start()
        taken_from_memory(made, made.post())
        assert opened(made) == [alert]
        is_handled_to_the_end(made, alert)
        foreign.execute("ROLLBACK")
        foreign.close()
        is_durable_again(made, alert)
        assert made.post("+393330000001").status_code == 202
