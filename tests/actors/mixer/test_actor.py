"""Bridges and their mixer: whose members are mixed, who is told of it, and who makes way for whom."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace
from thespian.actors import ActorAddress

from actors.conference_bridge.actor import ConferenceBridgeActor
from actors.mixer.actor import GONE_US
from media.conference.conference import ConferenceStatus
from messages.base import VoicePort
from messages.bridge import BridgeReady, BridgeReport, Member, SetMembers
from messages.envelope import Envelope
from messages.ids import SECOND, AlertId, BridgeId, LegId, Role
from model.setup import Setup
from runtime.actor import CenterActor
from runtime.system.one_process import OneProcess
from runtime.system.spec import Plan
from tests.scenarios.mixer import MixedVoice, SilentMixerActor
from tests.support.actors import environment


class Cases(CenterActor):
    """The case of a worker: notes what its bridge says."""

    role = Role.ALERT_CASE

    def started(self) -> None:
        self.reports: list[tuple[AlertId | None, tuple[LegId, ...]]] = []
        self.asked: list[AlertId | None] = []

    def receive(self, envelope: Envelope, sender: ActorAddress) -> None:
        match envelope.body:
            case BridgeReport(joined=joined):
                self.reports.append((envelope.alert, joined))
            case BridgeReady():
                self.asked.append(envelope.alert)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[OneProcess]:
    env = environment(tmp_path, Plan(), virtual=True)
    env.settings = Setup()
    made = OneProcess(env, None)
    for worker in ("c00", "c01"):
        made.create(Cases, worker)
    made.create(SilentMixerActor, "m0")
    for worker in ("c00", "c01"):
        made.create(ConferenceBridgeActor, worker)
    yield made
    made.stop()


def members(alert: str, *ports: str) -> SetMembers:
    return SetMembers(
        alert=AlertId(alert),
        bridge=BridgeId(alert),
        members=tuple(
            Member(leg=LegId(f"{alert}:{port}"), voice=VoicePort(path=f"/dev/{port}")) for port in ports
        ),
    )


def wish(world: OneProcess, worker: str, said: SetMembers) -> None:
    assert world.tell(Role.CONFERENCE_BRIDGE, worker, said)
    world.run()


def case(world: OneProcess, worker: str) -> Cases:
    found = world.actor(Role.ALERT_CASE, worker, Cases)
    assert found is not None
    return found


def test_each_case_is_told_of_its_own_conference(world: OneProcess) -> None:
    wish(world, "c00", members("a", "v1", "v2"))
    wish(world, "c01", members("b", "v3"))
    assert case(world, "c00").reports[-1] == ("a", ("a:v1", "a:v2"))
    assert case(world, "c01").reports[-1] == ("b", ("b:v3",))
    wish(world, "c00", members("a"))
    assert case(world, "c00").reports[-1] == ("a", ())
    assert MixedVoice(world, "c00").members == ()
    assert MixedVoice(world, "c01").members == ("b:v3",)


def test_the_end_of_what_was_never_begun_is_answered(world: OneProcess) -> None:
    wish(world, "c00", members("a"))
    assert case(world, "c00").reports == [("a", ())]


def test_a_mixer_that_comes_anew_is_told_at_once_by_each_bridge(world: OneProcess) -> None:
    wish(world, "c00", members("a", "v1"))
    wish(world, "c01", members("b", "v2"))
    assert world.kill(Role.MIXER, "m0")
    world.create(SilentMixerActor, "m0")
    world.run()
    assert MixedVoice(world, "c00").members == ("a:v1",)
    assert MixedVoice(world, "c01").members == ("b:v2",)


def test_a_bridge_that_comes_anew_changes_nothing_until_its_case_says_so(world: OneProcess) -> None:
    wish(world, "c00", members("a", "v1"))
    before = MixedVoice(world, "c00").now
    assert world.kill(Role.CONFERENCE_BRIDGE, "c00")
    world.create(ConferenceBridgeActor, "c00")
    world.run()
    assert case(world, "c00").asked[-1] is None
    wish(world, "c00", members("a", "v1"))
    assert MixedVoice(world, "c00").now is before


def test_the_next_alert_of_a_worker_ends_the_one_before_whose_end_was_lost(world: OneProcess) -> None:
    wish(world, "c00", members("a", "v1"))
    wish(world, "c00", members("b", "v2"))
    assert MixedVoice(world, "c00").members == ("b:v2",)


def test_who_takes_a_line_that_another_conference_has_makes_that_one_hand_over(world: OneProcess) -> None:
    wish(world, "c00", members("a", "v1", "v2"))
    first = MixedVoice(world, "c00").now
    assert first is not None
    wish(world, "c01", members("b", "v2"))
    assert first.handed_over
    assert MixedVoice(world, "c01").now is not first


def test_an_alert_that_moves_to_another_worker_goes_on_as_it_is(world: OneProcess) -> None:
    wish(world, "c00", members("a", "v1"))
    before = MixedVoice(world, "c00").now
    wish(world, "c01", members("a", "v1"))
    assert MixedVoice(world, "c01").now is before
    wish(world, "c01", members("a", "v1", "v2"))
    assert case(world, "c01").reports[-1] == ("a", ("a:v1", "a:v2"))
    wish(world, "c00", members("a"))
    assert MixedVoice(world, "c01").now is before, "the end that is meant for the worker before comes late"
    assert case(world, "c00").reports[-1] == ("a", ())


def test_a_silent_bridge_is_asked_and_its_case_as_well(world: OneProcess) -> None:
    wish(world, "c00", members("a", "v1"))
    world.advance(4)
    assert "a" in case(world, "c00").asked
    wish(world, "c01", members("b", "v2"))
    assert world.kill(Role.CONFERENCE_BRIDGE, "c01")
    world.create(ConferenceBridgeActor, "c01")
    world.advance(4)
    assert "b" in case(world, "c01").asked, "the new bridge knows nothing of it, and asks"
    assert MixedVoice(world, "c01").members == ("b:v2",), "nobody has said that it is over"


def test_a_conference_whose_bridge_is_gone_for_good_ends(world: OneProcess) -> None:
    wish(world, "c00", members("a", "v1"))
    gone = world.env.directory
    gone.publish([one for one in gone.read() if (one.role, one.key) != (Role.CONFERENCE_BRIDGE, "c00")])
    world.advance(GONE_US / SECOND - 2)
    assert MixedVoice(world, "c00").members == ("a:v1",)
    world.advance(6)
    assert MixedVoice(world, "c00").members == ()


def test_who_has_the_headset_of_a_conference_that_ends_late_leaves_it_alone(world: OneProcess) -> None:
    headset = VoicePort(path="/run/marta.sock", kind="unix")
    for worker, alert in (("c00", "a"), ("c01", "b")):
        said = members(alert, f"v{alert}")
        own = Member(leg=LegId(f"{alert}:op1"), voice=headset)
        wish(world, worker, replace(said, members=(*said.members, own)))
    assert len(MixedVoice(world, "c00").members) == 2
    assert len(MixedVoice(world, "c01").members) == 2


def test_a_silent_case_is_not_told_that_its_legs_have_left(world: OneProcess) -> None:
    wish(world, "c00", members("a", "v1"))
    world.advance(8)
    assert {joined for _, joined in case(world, "c00").reports} == {("a:v1",)}


def test_nobody_is_joined_while_no_mixer_answers(world: OneProcess) -> None:
    wish(world, "c00", members("a", "v1"))
    assert world.kill(Role.MIXER, "m0")
    for _ in range(5):
        wish(world, "c00", members("a", "v1"))
        world.advance(1)
    assert case(world, "c00").reports[-1] == ("a", ())
    world.create(SilentMixerActor, "m0")
    world.run()
    assert case(world, "c00").reports[-1] == ("a", ("a:v1",))


def test_what_fails_for_two_alerts_is_the_fault_of_the_process(world: OneProcess) -> None:
    def raises() -> ConferenceStatus:
        raise ValueError("as no test has foreseen")

    for worker, alert in (("c00", "a"), ("c01", "b")):
        wish(world, worker, members(alert, f"v{alert}"))
        voice = MixedVoice(world, worker).now
        assert voice is not None
        voice.status = raises  # type: ignore[method-assign]
    world.advance(1.5)
    assert world.actor(Role.MIXER, "m0", SilentMixerActor) is None, "it has crashed"


def test_a_fault_in_one_conference_ends_that_one_and_no_other(world: OneProcess) -> None:
    wish(world, "c00", members("a", "v1"))
    wish(world, "c01", members("b", "v2"))
    broken = MixedVoice(world, "c00").now
    assert broken is not None

    def raises() -> ConferenceStatus:
        raise ValueError("as no test has foreseen")

    broken.status = raises  # type: ignore[method-assign]
    before = world.entry(Role.MIXER, "m0")
    wish(world, "c00", members("a", "v1", "v3"))
    world.advance(1)
    assert world.entry(Role.MIXER, "m0") == before
    assert MixedVoice(world, "c01").members == ("b:v2",)
    assert MixedVoice(world, "c00").now is None
    assert broken.members == {}, "its ports are closed"
    wish(world, "c00", members("a", "v1", "v3"))
    assert case(world, "c00").reports[-1] == ("a", ("a:v1", "a:v3")), "and is tried again"
