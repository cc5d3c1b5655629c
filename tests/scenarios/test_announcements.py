"""What is played to whom, through the whole center."""

from __future__ import annotations

import pytest

from media.conference.clips import ClipSpec
from messages import events as ev
from messages.ids import OperatorCommand, Party, Role
from model.alert.leg import place
from model.settings import Settings
from model.settings.psap import PsapSettings
from tests.scenarios.conftest import MakeWorld
from tests.scenarios.mixer import SilentBridgeActor
from tests.scenarios.test_early_answer import rings, speaks
from tests.scenarios.test_flow import (
    ends,
    everything_is_over,
    joined,
    to_attended,
    to_conference,
    to_talking,
    voice_alert,
)
from tests.scenarios.world import LEFT_S, OPERATORS, PSAP, USER, World

pytestmark = pytest.mark.scenario


def bridge(world: World) -> SilentBridgeActor:
    owner = world.case.owner
    assert owner is not None
    found = world.system.actor(Role.CONFERENCE_BRIDGE, owner.crew, SilentBridgeActor)
    assert found is not None
    return found


def hears(world: World, party: Party) -> set[str]:
    """The names of what is to be played to this party now."""
    legs = {leg.leg for leg in world.case.of(party)}
    return {name for clip in bridge(world).playing.values() if clip.to & legs for name in clip.names}


def whisper(world: World, where: str = "op1", attempt: int = 1) -> ClipSpec:
    return bridge(world).begun[f"whisper:{where}:{attempt}"]


def test_a_user_whom_nobody_attends_is_told_to_hold_until_an_operator_is_joined(world: World) -> None:
    voice_alert(world)
    world.until("she is told to hold", lambda: hears(world, Party.USER) == {"please_hold"})
    (hold,) = bridge(world).playing.values()
    assert (hold.language, hold.every_s) == ("it", 8.0)
    world.until("operator and user are joined", lambda: len(joined(world)) == 2)
    world.advance(0.1)
    assert hears(world, Party.USER) == set()
    assert world.events(ev.AnnouncementPlayed)[0] == ev.AnnouncementPlayed(
        clip="whisper:op1:1", leg=world.case.of(Party.OPERATOR)[0].leg
    )
    assert whisper(world).names == ("alert_real", "user_on_the_line", "text")
    ends(world)


def test_an_operator_hears_alone_what_was_answered_and_whom_it_is_about(world: World) -> None:
    to_talking(world)
    spoken = whisper(world)
    assert spoken.names == ("alert_real", "text")
    assert spoken.text == "Giulia Rossi"
    assert spoken.to == {world.case.of(Party.OPERATOR)[0].leg}
    assert "Giulia" not in str([one.event for one in world.journal.read_all()]), "no name in the journal"
    ends(world)


def test_a_test_is_told_as_a_test(world: World) -> None:
    to_attended(world, test=True)
    world.advance(1.0)
    assert whisper(world).names[0] == "alert_test"


@pytest.mark.parametrize("killed", [Role.ALERT_CASE, Role.CONFERENCE_BRIDGE])
def test_what_was_played_is_not_played_again_whoever_dies(world: World, killed: Role) -> None:
    to_talking(world)
    world.until("it was played", lambda: bool(world.events(ev.AnnouncementPlayed)))
    world.kill(killed)
    world.advance(3.0)
    world.until("they hear each other again", lambda: joined(world) == {Party.OPERATOR, Party.USER})
    assert bridge(world).playing == {}
    assert len(world.events(ev.AnnouncementPlayed)) == 1
    if killed is Role.CONFERENCE_BRIDGE:
        assert bridge(world).begun == {}


def test_case_17_a_user_whose_operator_is_lost_is_told_to_hold(world: World) -> None:
    to_talking(world)
    world.network.hang_up(OPERATORS[0])
    world.until("she is told to hold", lambda: hears(world, Party.USER) == {"please_hold"})
    world.until("the operator is back", lambda: len(joined(world)) == 2)
    world.until("and it ends", lambda: hears(world, Party.USER) == set(), 2)
    assert "user_on_the_line" in whisper(world, attempt=2).names


def test_112_that_answers_while_nobody_attends_it_is_told_to_hold(make_world: MakeWorld) -> None:
    world = make_world(behaviours={USER: "no_answer"})
    to_attended(world)
    world.order(OperatorCommand.CALL_PSAP)
    world.advance(2.0)
    world.network.hang_up(OPERATORS[0])
    world.until("112 is told to hold", lambda: hears(world, Party.PSAP) == {"psap_hold"})
    world.until("the operator is back", lambda: {Party.OPERATOR, Party.PSAP} <= joined(world))
    world.until("and it ends", lambda: hears(world, Party.PSAP) == set(), 2)


def test_112_is_told_once_for_each_order_that_the_user_cannot_speak(world: World) -> None:
    to_conference(world)
    world.order(OperatorCommand.ANNOUNCE)
    world.until("played", lambda: "cannot_speak:1" in world.case.played)
    clip = bridge(world).begun["cannot_speak:1"]
    assert clip.to == {world.case.of(Party.PSAP)[0].leg}
    world.order(OperatorCommand.ANNOUNCE)
    world.until("once more", lambda: "cannot_speak:2" in world.case.played)
    assert bridge(world).playing == {}
    world.order(OperatorCommand.LEAVE)
    world.advance(LEFT_S)
    world.network.hang_up(PSAP)
    everything_is_over(world)


def test_in_duress_nothing_sounds_on_the_user_s_phone(make_world: MakeWorld) -> None:
    world = make_world(behaviours={OPERATORS[0]: "no_answer"})
    voice_alert(world)
    world.until("she is told to hold", lambda: hears(world, Party.USER) == {"please_hold"})
    world.fact(ev.AlertCancelled(duress=True))
    world.advance(0.2)
    assert hears(world, Party.USER) == set()


def test_duress_that_is_signalled_later_is_whispered_as_well(world: World) -> None:
    to_talking(world)
    world.until("the first whisper is over", lambda: world.case.played == ("whisper:op1:1",))
    world.fact(ev.AlertCancelled(duress=True))
    world.until("a second one", lambda: "whisper:op1:1:duress" in world.case.played)
    spoken = bridge(world).begun["whisper:op1:1:duress"]
    assert spoken.names == ("alert_real", "duress", "user_on_the_line", "text")
    assert spoken.to == {world.case.of(Party.OPERATOR)[0].leg}


def test_an_operators_phone_that_may_still_ring_is_whispered_to_until_somebody_speaks(
    make_world: MakeWorld,
) -> None:
    world = make_world(early=True)
    world.send()
    leg = rings(world, Party.OPERATOR)
    world.until("it is whispered", lambda: "alert_real" in hears(world, Party.OPERATOR))
    again = bridge(world).playing[f"whisper:{place(leg.leg)}:1:again"]
    assert again.every_s == 2.0
    speaks(world, Party.OPERATOR)
    world.advance(0.2)
    assert f"whisper:{place(leg.leg)}:1:again" not in bridge(world).playing
    assert world.case.played == (f"whisper:{place(leg.leg)}:1",), "she may have heard only the end of it"


def test_the_language_is_the_user_s_and_112s_is_the_centers(make_world: MakeWorld) -> None:
    world = make_world(
        behaviours={OPERATORS[0]: "no_answer"}, policy=Settings(language="de", psap=PsapSettings(number=PSAP))
    )
    user = world.registry.user_by_phone(USER)
    assert user is not None
    voice_alert(world)
    world.until("she is told to hold", lambda: hears(world, Party.USER) == {"please_hold"})
    (hold,) = bridge(world).playing.values()
    assert hold.language == user.language
