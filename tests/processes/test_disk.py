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
from tests.support.center import OPERATOR, PSAP, Center, center, simulation
from tests.support.disks import small_file_system

pytestmark = [pytest.mark.process, pytest.mark.timeout(240)]

USERS = tuple(f"+39333111223{n}" for n in range(5))
"""Each alert has one: the same number again so soon would be the same alert."""


@pytest.fixture(scope="module")
def small_disk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with small_file_system(tmp_path_factory.mktemp("small") / "disk", 12) as disk:
        yield disk


@pytest.fixture(scope="module")
def made(small_disk: Path) -> Iterator[Center]:
    """One center for all: each test leaves it durable, and without an open alert."""
    (small_disk / "center.toml").write_text("[operator]\nwrap_up_s = 0\n")
    world = simulation(phones={user: {"says": "tone:440"} for user in USERS})
    with center(small_disk, world, "--config", str(small_disk / "center.toml")) as running:
        yield running


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


def talk(made: Center, alert: AlertId) -> AlertId:
    made.until("operator and user are joined", lambda: made.joined(alert) == {"operator", "user"})
    return alert


def calls(made: Center, user: str) -> list[int]:
    """How many each of them has had."""
    return [len(made.calls(number)) for number in (OPERATOR, user, PSAP)]


def is_handled_to_the_end(made: Center, alert: AlertId, user: str, before: list[int]) -> None:
    """Operator and user, 112, leaving, the end; each was called once since `before`, and never dropped."""
    talk(made, alert)
    assert made.order(alert, "call_psap").status_code == 202
    made.until("all three are joined", lambda: len(made.joined(alert)) == 3)
    assert made.order(alert, "leave").status_code == 202
    made.until("the operator has left", lambda: made.joined(alert) == {"user", "psap"})
    assert calls(made, user) == [times + 1 for times in before]
    for number in (PSAP, user):
        made.carrier.post(f"/phones/{number}/hang_up")
    made.until("it is closed", lambda: made.case(alert).closed_at)
    assert made.case(alert).outcome is Outcome.HANDED_OVER


def is_durable_again(made: Center, *alerts: AlertId) -> None:
    """All of it is on the disk, and said to be."""
    made.until("everything is ready", made.is_ready)
    with contextlib.closing(sqlite3.connect(f"file:{made.state.path}/journal.db?mode=ro", uri=True)) as disk:
        for alert in alerts:
            (count,) = disk.execute(
                "SELECT count(*) FROM event WHERE stream IN (?, ?)",
                (streams.inbox(alert), streams.case(alert)),
            ).fetchone()
            assert count == len(made.recorded(alert)) > 3
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


def test_s13_a_disk_that_is_full_in_the_middle_of_a_call(made: Center, small_disk: Path) -> None:
    user, other = USERS[:2]
    before = calls(made, user)
    first = talk(made, made.send(user))
    ballast = fill(small_disk)
    # The log has room that it uses again; it takes some notes until the disk is asked for more.
    made.until(
        "nothing is durable",
        lambda: made.order(first, "note", "x" * 2000).json().get("durable") is False,
    )
    taken_from_memory(made, made.post(user))
    assert opened(made) == [first], "the same alert again, whatever it is called to who joins it"
    assert made.http.get("/readyz").json()["journal"] is False
    dead = [*made.kill("AlertCase", first), *made.kill("Web")]
    made.until("others have come", lambda: not (made.pids("AlertCase") | made.pids("Web")) & set(dead))
    made.until("the web answers", lambda: made.http.get("/healthz").status_code == 200)
    is_handled_to_the_end(made, first, user, before)
    second = talk(made, taken_from_memory(made, made.post(other)))
    ballast.unlink()
    is_durable_again(made, first, second)
    assert made.order(second, "declare_false_alarm").status_code == 202
    made.until("it is closed", lambda: made.case(second).closed_at)


def test_s13_a_journal_that_is_torn_and_then_emptied_in_the_middle_of_a_call(made: Center) -> None:
    """Everything is written anew, at other places, and everybody starts again; the calls stay up."""
    user = USERS[2]
    before = calls(made, user)
    alert = talk(made, made.send(user))
    recorded = made.recorded(alert)
    file = made.state.path / "journal.db"
    with file.open("r+b") as torn:
        torn.write(os.urandom(65536))
    made.until("it is seen", lambda: made.post(user).status_code == 503)
    assert made.recorded(alert)[: len(recorded)] == recorded
    made.kill("AlertCase", alert)
    made.until("somebody has it", lambda: any(row["alert"] == alert for row in made.ps()))
    assert "fallback" in made.cli("doctor").stdout
    os.truncate(file, 0)  # what the person on duty does who has no backup
    is_durable_again(made, alert)
    is_handled_to_the_end(made, alert, user, before)


def test_s13_while_another_program_holds_the_journal_a_killed_node_is_followed_by_one_that_goes_on(
    made: Center, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = USERS[3]
    before = calls(made, user)
    foreign = sqlite3.connect(made.state.path / "journal.db", isolation_level=None)
    foreign.execute("BEGIN EXCLUSIVE")
    assert made.post(user).status_code == 503
    taken_from_memory(made, made.post(user))
    (alert,) = opened(made)
    talk(made, alert)
    made.kill_node()

    def serves() -> bool:
        said = made.http.get("/readyz").json()
        return bool(said["actors"] and said["lines"]) and said["journal"] is False

    with monkeypatch.context() as patch:
        patch.setattr(made, "is_ready", serves)
        made.start()
    taken_from_memory(made, made.post(user))
    assert opened(made) == [alert]
    is_handled_to_the_end(made, alert, user, before)
    foreign.execute("ROLLBACK")
    foreign.close()
    is_durable_again(made, alert)
    assert made.post(USERS[4]).status_code == 202
