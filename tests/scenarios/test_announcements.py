"""What is played to whom, through the whole center."""

from __future__ import annotations

import pytest

from media.conference.clips import ClipSpec
from messages import events as ev
from messages.ids import Party
from tests.scenarios.mixer import MixedVoice
from tests.scenarios.test_flow import ends, joined, to_talking, voice_alert
from tests.scenarios.world import OPERATORS, World

pytestmark = pytest.mark.scenario


def bridge(world: World) -> MixedVoice:
    owner = world.case.owner
    assert owner is not None
    found = MixedVoice(world.system, owner.worker)
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
    world.until("operator and user are joined", lambda: len(joined(world)) == 2).advance(0.1)
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


def test_case_17_a_user_whose_operator_is_lost_is_told_to_hold(world: World) -> None:
    to_talking(world)
    world.network.hang_up(OPERATORS[0])
    world.until("she is told to hold", lambda: hears(world, Party.USER) == {"please_hold"})
    world.until("the operator is back", lambda: len(joined(world)) == 2)
    world.until("and it ends", lambda: hears(world, Party.USER) == set(), 2)
    assert "user_on_the_line" in whisper(world, attempt=2).names
