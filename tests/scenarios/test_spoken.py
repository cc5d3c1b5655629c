"""Questions that the center speaks, through the whole center: asked once, whoever dies meanwhile."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from messages import events as ev
from messages.ids import BriefingField, Channel, OperatorCommand, Party, Role, Unplayed
from model.rules.messages.announcements import QuestionProgress, question_progress
from tests.scenarios.mixer import NO_VOICE
from tests.scenarios.sounding import hears as hears_of
from tests.scenarios.sounding import says, sounding
from tests.scenarios.test_announcements import bridge, hears
from tests.scenarios.test_flow import to_conference, to_talking
from tests.scenarios.world import OPERATORS, PSAP, USER, World
from tests.support.recordings import write_tone
from tests.support.signals import level_db

pytestmark = pytest.mark.scenario

ASKED_HZ: Final = 2750


def ask(world: World, *, softly: bool = False) -> None:
    """As the web writes it."""
    user = world.leg(Party.USER)
    said = ev.DialogueSaid(
        id=f"q{len(world.case.dialogue)}",
        by=world.operators[0],
        channel=Channel.VOICE,
        text="Ci sono armi?",
        asks=True,
        fills=BriefingField.WEAPONS,
        yes="A knife",
        spoken=ev.Spoken(attempt=user.attempt, language="it", softly=softly),
        question="unknown-4",
    )
    world.fact(said)


def last(world: World) -> QuestionProgress | None:
    return question_progress(world.case, world.case.dialogue[-1])


def is_asked(world: World) -> None:
    world.until("it is begun", lambda: last(world) is QuestionProgress.SPEAKING)


def presses(world: World, digit: str) -> None:
    leg = world.leg(Party.USER)
    world.until("a bridge has the call", lambda: bridge(world).has(leg.leg))
    bridge(world).hear(leg.leg, digit)
    world.system.run()


def ends(world: World) -> None:
    bridge(world).question_ends()
    world.system.run()
    world.until("it was heard", lambda: last(world) is QuestionProgress.HEARD)


def test_a_question_is_heard_by_the_user_alone_and_a_key_fills_the_briefing(world: World) -> None:
    to_conference(world)
    ask(world)
    is_asked(world)
    assert hears(world, Party.USER) == {"ask:unknown-4", "press_keys"}
    assert "press_keys" not in hears(world, Party.OPERATOR) | hears(world, Party.PSAP)
    ends(world)
    presses(world, "1")
    world.until("it is answered", lambda: world.case.dialogue[-1].answer == "yes")
    assert world.sheet.briefing[BriefingField.WEAPONS].text == "A knife"


def test_the_death_of_the_mixer_in_its_middle_is_said_and_nothing_is_begun_again(world: World) -> None:
    to_talking(world)
    ask(world)
    is_asked(world)
    world.kill(Role.MIXER).until("it is said", lambda: last(world) is QuestionProgress.CUT_OFF).advance(5)
    assert hears(world, Party.USER) == set()
    assert [one.reason for one in world.events(ev.AnnouncementFailed)] == [Unplayed.CUT_OFF]


@pytest.mark.parametrize("killed", [Role.ALERT_CASE, Role.CONFERENCE_BRIDGE])
def test_the_death_of_the_case_or_bridge_in_its_middle_changes_nothing(world: World, killed: Role) -> None:
    to_talking(world)
    ask(world)
    is_asked(world)
    world.kill(killed).advance(3)
    ends(world)
    assert (len(world.events(ev.AnnouncementBegun)), world.events(ev.AnnouncementFailed)) == (1, [])


@pytest.mark.parametrize("killed", [(Role.MIXER,), (Role.ALERT_CASE, Role.CONFERENCE_BRIDGE, Role.MIXER)])
def test_one_that_had_not_begun_is_asked_by_who_comes_after(world: World, killed: tuple[Role, ...]) -> None:
    to_talking(world)
    for role in killed:
        world.kill(role)
    ask(world)
    is_asked(world)
    ends(world)
    assert len(world.events(ev.AnnouncementBegun)) == 1


def test_where_nothing_can_speak_it_is_said_at_once(world: World) -> None:
    to_talking(world)
    NO_VOICE.add("here")
    ask(world)
    world.until("it is said", lambda: last(world) is QuestionProgress.NO_SOUND)
    assert world.events(ev.AnnouncementBegun) == []


def voices(tmp_path: Path) -> Path:
    """The center's own recordings: the question is a tone of three seconds."""
    write_tone(tmp_path / "unknown-4.it.wav", ASKED_HZ, seconds=3.0)
    return tmp_path


def loud_db(world: World, number: str) -> float:
    """How loud the question was on this phone in the last second."""
    return level_db(hears_of(world, number, 1), ASKED_HZ)


def test_the_phone_hears_the_question_and_no_other_phone_does_and_112_softer_meanwhile(
    world: World, tmp_path: Path
) -> None:
    says(world, PSAP, 440)
    to_conference(world)
    with sounding(world, voices(tmp_path)) as sound:
        sound.wished()
        sound.advance(2)
        before = level_db(hears_of(world, USER, 1), 440)
        ask(world)
        is_asked(world)
        sound.wished()
        sound.advance(2)
        assert loud_db(world, USER) > -25
        assert level_db(hears_of(world, USER, 1), 440) == pytest.approx(before - 12, abs=1)
        assert max(loud_db(world, OPERATORS[0]), loud_db(world, PSAP)) < -80
        world.order(OperatorCommand.WITHHOLD_VOICES)
        world.until("it is over", lambda: last(world) is QuestionProgress.WITHHELD)
        sound.wished()
        sound.advance(2)
        assert max(loud_db(world, USER), level_db(hears_of(world, USER, 1), 440)) < -80
        sound.advance(3)
        assert loud_db(world, USER) < -80, "nothing of it is left"


def test_who_hides_hears_it_at_the_ear_alone(world: World, tmp_path: Path) -> None:
    says(world, OPERATORS[0], 440)
    to_talking(world)
    world.order(OperatorCommand.WITHHOLD_VOICES)
    world.until("nobody is heard", lambda: hears(world, Party.USER) == {"soft_tone"})
    with sounding(world, voices(tmp_path)) as sound:
        ask(world)
        world.advance(1)
        sound.wished()
        sound.advance(3)
        assert loud_db(world, USER) < -80, "what was not ordered for a hidden one is not said"
        ask(world, softly=True)
        is_asked(world)
        sound.wished()
        sound.advance(2)
        assert loud_db(world, USER) == pytest.approx(-33, abs=1), "-36 dBFS RMS is a sine of -33"
        assert loud_db(world, OPERATORS[0]) < -80
