"""What the doctor says of the alarms of a running center."""

from __future__ import annotations

from pathlib import Path

from application.state.journals import journal_of
from application.state.state_dir import StateDir
from center.checks.running import alarms
from messages.events import ActorStarted, AlarmCleared, AlarmRaised, Event, NodeStarted
from messages.ids import NodeId, Role
from model.checks import Severity
from model.settings import Settings
from model.settings.psap import LastResort, PsapSettings
from store import streams
from store.journal.journal import Append
from tests.support.node_files import node_file

STARTED = NodeStarted(version="1", pid=1)


def raised(alarm: str, subject: str) -> AlarmRaised:
    return AlarmRaised(alarm=alarm, subject=subject, text=f"{subject} is wrong.")


def said(path: Path, *events: Event, settings: Settings | None = None) -> list[tuple[Severity, str]]:
    state = StateDir(path)
    with journal_of(state, create=True) as journal:
        journal.append(Append(streams.node(NodeId("n")), None, events))
    node = node_file(state.journal_url)
    return [(one.verdict, one.text) for one in alarms(state, node, settings)]


def test_each_alarm_that_stands_is_a_warning_with_what_to_do_the_gravest_first(tmp_path: Path) -> None:
    found = said(tmp_path, STARTED, raised("line.out_of_service", "sim2"), raised("case.stuck", "a1"))
    assert found == [
        (Severity.WARN, "case.stuck a1: a1 is wrong. To do: Handle the alert by phone."),
        (
            Severity.WARN,
            "line.out_of_service sim2: sim2 is wrong. "
            "To do: Check the USB plug and the modem’s light; unplug the modem and plug it in again.",
        ),
    ]


def test_what_is_over_or_was_of_an_earlier_life_is_none(tmp_path: Path) -> None:
    cleared = AlarmCleared(alarm="line.out_of_service", subject="sim2")
    events = (raised("old", "x"), STARTED, raised("line.out_of_service", "sim2"), cleared)
    assert said(tmp_path, *events) == [(Severity.OK, "no alarm is active")]
    again = ActorStarted(role=Role.DEADLINE_WATCHDOG, key="", incarnation=2, pid=2)
    assert said(tmp_path, raised("case.stuck", "a1"), again) == [(Severity.OK, "no alarm is active")]


def test_that_no_line_can_call_112_is_a_failure_and_with_the_last_resort_a_warning(tmp_path: Path) -> None:
    no_line = raised("psap.no_line", "emergency")
    assert said(tmp_path, STARTED, no_line)[0][0] is Severity.FAIL
    settings = Settings(psap=PsapSettings(last_resort=LastResort.PUBLIC))
    assert said(tmp_path, settings=settings)[0][0] is Severity.WARN
