"""A call without sound, with real processes: noticed, alarmed, and called again on another line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from messages import events as ev
from messages.ids import AlertId, Party
from model.alert.leg import Leg
from tests.support.center import OPERATOR, USER, Center, center, simulation
from tests.support.tones_heard import all_hear_each_other

pytestmark = [pytest.mark.process, pytest.mark.timeout(180)]


@pytest.fixture(scope="module")
def talking(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Center, AlertId]]:
    """One conversation, which each test leaves as it has found it."""
    with center(tmp_path_factory.mktemp("sound"), simulation(public=6)) as made:
        alert = made.send()
        made.until("operator and user are joined", lambda: made.joined(alert) == {"operator", "user"})
        made.until("they hear each other", lambda: all_hear_each_other(made, (USER, OPERATOR)))
        yield made, alert


def user_of(made: Center, alert: AlertId) -> Leg:
    leg = made.case(alert).active(Party.USER)
    assert leg is not None
    return leg


def spoil(made: Center, line: str, **vices: object) -> None:
    answer = made.carrier.post(f"/modems/{line}/vices", json=vices)
    assert answer.status_code == 200, answer.text


def standing(made: Center, check: str) -> list[str]:
    """The doctor's words about this."""
    said: dict[str, Any] = json.loads(made.cli("doctor", "--json").stdout)
    return [one["text"] for one in said["checks"] if one["check"] == check]


def test_sound_that_comes_back_is_taken_back_by_itself(talking: tuple[Center, AlertId]) -> None:
    made, alert = talking
    line = user_of(made, alert).line
    spoil(made, line, no_voice=True)
    made.until("it is noticed", lambda: user_of(made, alert).no_sound_at is not None, within_s=10)
    spoil(made, line, no_voice=False)
    made.until("it is over", lambda: user_of(made, alert).no_sound_at is None, within_s=10)
    kinds = [type(one.event) for one in made.recorded(alert)]
    assert (kinds.count(ev.LegSoundLost), kinds.count(ev.LegSoundBack)) == (1, 1)
    assert standing(made, "alarms") == ["none stands"]


@pytest.mark.parametrize("vice", ["no_voice", "takes_no_voice", "voice_port_gone"])
def test_the_user_is_not_heard_or_does_not_hear_and_is_called_on_another_line(
    talking: tuple[Center, AlertId], vice: str
) -> None:
    made, alert = talking
    first = user_of(made, alert)
    spoil(made, first.line, **{vice: True})
    # A terminal takes some four seconds of voice before it refuses any, and more on a busy machine.
    made.until("it is noticed", lambda: user_of(made, alert).no_sound_at is not None, within_s=30)
    assert any("leg.no_sound" in one for one in standing(made, "alarms"))
    assert "NO SOUND from user" in made.cli("alert", "timeline", alert).stdout
    assert made.order(alert, "another_line").status_code == 202
    made.until("they hear each other again", lambda: all_hear_each_other(made, (USER, OPERATOR)))
    again = user_of(made, alert)
    assert (again.attempt, again.no_sound_at) == (first.attempt + 1, None)
    assert again.line != first.line
    assert standing(made, "alarms") == ["none stands"]
    assert [call["state"] for call in made.calls(USER)] == ["ended"] * first.attempt + ["active"]
    spoil(made, first.line, **{vice: False})
