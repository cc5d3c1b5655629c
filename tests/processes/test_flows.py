"""The main flow, the voice alert and the alert without an answer, with real processes, PTYs and pyserial."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from messages import events as ev
from messages.ids import AlertId, Outcome
from tests.support.center import OPERATOR, PSAP, USER, Center, center, line_number, simulation
from tests.support.tones_heard import all_hear_each_other

pytestmark = [pytest.mark.process, pytest.mark.timeout(180)]


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Center]:
    with center(tmp_path, simulation()) as made:
        yield made


def test_s01_to_s09_from_an_alert_to_user_and_112_alone_in_conversation(running: Center) -> None:
    alert = running.send()
    running.until("operator and user are joined", lambda: running.joined(alert) == {"operator", "user"})
    running.until("they hear each other", lambda: all_hear_each_other(running, (USER, OPERATOR)))
    assert running.order(alert, "leave").status_code == 409
    assert running.order(alert, "call_psap").status_code == 202
    running.until("112 is joined", lambda: len(running.joined(alert)) == 3)
    running.until(
        "each hears exactly the two others", lambda: all_hear_each_other(running, (USER, OPERATOR, PSAP))
    )
    assert running.order(alert, "leave").status_code == 202
    running.until("user and 112 alone", lambda: running.joined(alert) == {"user", "psap"})
    running.until("they hear each other alone", lambda: all_hear_each_other(running, (USER, PSAP)))
    timeline = running.cli("alert", "timeline", alert)
    assert timeline.returncode == 0
    assert "112 is in the conference" in timeline.stdout
    for number in (PSAP, USER):
        running.carrier.post(f"/phones/{number}/hang_up")
    running.until("it is closed", lambda: running.case(alert).closed_at)
    assert running.case(alert).outcome is Outcome.HANDED_OVER
    assert [call["state"] for call in running.calls()] == ["ended"] * len(running.calls())


def test_s02_a_voice_alert_is_answered_and_the_operator_joins(running: Center) -> None:
    answer = running.carrier.post(f"/phones/{USER}/call", json={"to": line_number(1)})
    assert answer.status_code < 300, answer.text

    def alert() -> AlertId | None:
        with running.journal() as journal:
            found = [one for one in journal.read_all() if isinstance(one.event, ev.AlertReceived)]
        return AlertId(found[0].stream.removeprefix("inbox-")) if found else None

    number = running.until("an alert", alert)
    running.until("operator and user are joined", lambda: running.joined(number) == {"operator", "user"})
    running.until("they hear each other", lambda: all_hear_each_other(running, (USER, OPERATOR)))
    assert running.calls(USER) == []
    assert running.order(number, "declare_false_alarm").status_code == 202
    running.until("it is closed", lambda: running.case(number).closed_at)
    assert running.case(number).outcome is Outcome.FALSE_ALARM


def test_s08_s10_without_an_answer_112_is_called_and_briefed(tmp_path: Path) -> None:
    with center(tmp_path, simulation(phones={USER: {"behaviour": "no_answer"}})) as made:
        alert = made.send(position={"lat": 44.39, "lon": 8.97, "accuracy_m": 18})
        made.until("her phone rings", lambda: made.case(alert).rang_at)
        assert made.order(alert, "call_psap").status_code == 202
        made.until("112 is joined", lambda: made.joined(alert) == {"operator", "psap"})
        made.until("they hear each other", lambda: all_hear_each_other(made, (OPERATOR, PSAP)))
        assert made.order(alert, "briefing_given").status_code == 202
        assert made.order(alert, "leave").status_code == 202
        made.until("it is closed", lambda: made.case(alert).closed_at)
        assert made.case(alert).outcome is Outcome.BRIEFED
        assert {call["state"] for call in made.calls()} == {"ended"}
