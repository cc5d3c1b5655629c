"""What is heard of the announcements at the other end of real lines."""

from __future__ import annotations

from pathlib import Path

import pytest

from media.conference.sounds import FOLDER, read_wav, spoken
from media.sound.frames import Samples
from messages import events as ev
from messages.ids import AlertId, Party
from tests.support.center import OPERATOR, SECOND_OPERATOR, USER, Center, center, line_number, simulation
from tests.support.signals import heard_of, likeness

pytestmark = [pytest.mark.process, pytest.mark.timeout(180)]

SURE = 0.7
"""So like is nothing but the sound itself, whatever a loaded machine leaves out of it."""
UNLIKE = 0.3


def ours(name: str) -> Samples:
    return read_wav(FOLDER / f"{name}.it.wav")


def hears(made: Center, number: str, name: str) -> bool:
    return heard_of(made.heard(number), ours(name)) > SURE


def test_a_user_is_asked_to_hold_before_anybody_attends_the_user_and_an_operator_hears_alone_what_it_is(
    tmp_path: Path,
) -> None:
    slow = {number: {"rings_after_s": 1.0, "answers_after_s": 30.0} for number in (OPERATOR, SECOND_OPERATOR)}
    phones: dict[str, dict[str, object]] = {**slow, USER: {"says": "silence"}}
    with center(tmp_path, simulation(phones=phones)) as made:
        asked = made.carrier.post(f"/phones/{USER}/call", json={"to": line_number(1)})
        assert asked.status_code in (200, 201, 202), asked.text
        alert = made.until("an alert", lambda: only_alert(made))
        made.until("she hears it", lambda: hears(made, USER, "please_hold"), within_s=25)
        assert made.case(alert).operator is None
        number = made.until("somebody's phone rings", lambda: ringing(made))
        assert made.carrier.post(f"/phones/{number}/answer").status_code < 300
        made.until("operator and user are joined", lambda: made.joined(alert) == {"operator", "user"})
        made.until("the operator hears what it is", lambda: hears(made, number, "alert_real"))
        made.until("it is journaled", lambda: made.case(alert).played)
        name = spoken("Giulia Rossi", "it")
        assert not len(name) or heard_of(made.heard(number), name) > SURE, "whom it is about"
        assert likeness(made.heard(USER), ours("alert_real")) < UNLIKE, "nobody else hears it"
        assert likeness(made.heard(number), ours("please_hold")) < UNLIKE
        assert made.case(alert).confirmed_answered(Party.USER) is not None
        played = [one.event for one in made.recorded(alert) if isinstance(one.event, ev.AnnouncementPlayed)]
        assert [one.clip for one in played] == ["whisper:op1:1"]


def only_alert(made: Center) -> AlertId | None:
    with made.journal() as journal:
        found = [one for one in journal.read_all() if isinstance(one.event, ev.AlertReceived)]
    return AlertId(found[0].stream.removeprefix("inbox-")) if found else None


def ringing(made: Center) -> str | None:
    """The operator whose phone rings."""
    calls = (call for number in (OPERATOR, SECOND_OPERATOR) for call in made.calls(number))
    return next((call["to"] for call in calls if call["state"] == "ringing"), None)
