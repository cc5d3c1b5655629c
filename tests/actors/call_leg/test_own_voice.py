"""A leg goes after an operator's own voice, and believes whoever has it."""

from __future__ import annotations

from pathlib import Path

import pytest

from actors.call_leg.own_voice import FOLLOWS_WITHIN_US, OwnVoice
from messages.base import VoicePort
from messages.calls import CallReport, CallState
from messages.ids import Instant, LegId, LineId, NodeId, OperatorId, OperatorLine
from messages.operators import OperatorVoice, OperatorVoices
from runtime.clock import VirtualClock
from runtime.environment import Environment
from runtime.published import voice_files
from runtime.published.directory import MemoryDirectory
from runtime.published.peers import MemoryPeers, NodeInfo, PeerBook, Peers

A, B, C = NodeId("a"), NodeId("b"), NodeId("c")
ANNA = OperatorId("anna")
LINE = LineId("headset:anna")
LEG = LegId("a1:op1")
UP, GONE = CallState.ANSWERED, CallState.RELEASED
UNIX = VoicePort(path="/run/voice/anna.sock", kind="unix")


def voice(state: CallState = UP, since: int = 1, *, wavering: bool = False) -> OperatorVoice:
    return OperatorVoice(
        operator=ANNA, mode=OperatorLine.HEADSET, state=state, since=Instant(since), wavering=wavering
    )


class Center:
    """Node a, and what it knows of the others."""

    def __init__(self, state: Path, peers: PeerBook) -> None:
        (state / "run").mkdir()
        self.peers, self.clock = peers, VirtualClock()
        self.env = Environment(
            node=A,
            state=state,
            clock=self.clock,
            directory=MemoryDirectory(),
            open_journal=lambda: None,
            peers=peers,
        )
        self.leg = OwnVoice(self.env)

    def here(self, *voices: OperatorVoice) -> None:
        voice_files.write(self.env.run, OperatorVoices(voices=voices))

    def others(self, *, settled: bool = True, alive: bool = True, **voices: OperatorVoice | None) -> None:
        assert isinstance(self.peers, MemoryPeers)
        places = tuple(
            NodeInfo(
                node=NodeId(name), address="10.0.0.2", gate=f"{name}:1", voices=() if one is None else (one,)
            )
            for name, one in voices.items()
        )
        self.peers.publish(Peers(places=places, settled=settled, alive=alive))

    def lost(self, name: str, one: OperatorVoice) -> None:
        assert isinstance(self.peers, MemoryPeers)
        away = NodeInfo(node=NodeId(name), address="10.0.0.2", voices=(one,))
        self.peers.publish(Peers(away=(away,)))


@pytest.fixture
def center(tmp_path: Path) -> Center:
    return Center(tmp_path, MemoryPeers())


def said(state: CallState, attempt: int = 1, *, adopted: bool = False) -> CallReport:
    return CallReport(leg=LEG, attempt=attempt, line=LINE, state=state, adopted=adopted)


def test_a_node_that_is_alone_is_asked_whatever_it_says_of_its_voices(tmp_path: Path) -> None:
    alone = Center(tmp_path, PeerBook())
    assert alone.leg.node_of(LINE) == A
    assert alone.leg.counts_report(LINE, A)
    assert alone.leg.port(LINE, UNIX) == UNIX


def test_the_node_that_has_the_operator_is_asked_and_this_one_where_nobody_has(center: Center) -> None:
    center.others(b=None, c=voice())
    assert center.leg.node_of(LINE) == C
    center.others(b=None, c=None)
    assert center.leg.node_of(LINE) == A
    center.here(voice())
    assert center.leg.node_of(LINE) == A


@pytest.mark.parametrize(("settled", "alive"), [(False, True), (True, False)])
def test_nobody_is_asked_before_all_that_might_have_the_operator_were_heard(
    center: Center, settled: bool, alive: bool
) -> None:
    """Just after a start nothing may be said to be lost that another node has."""
    center.others(settled=settled, alive=alive, b=None)
    assert center.leg.node_of(LINE) is None
    assert center.leg.counts_report(LINE, B)
    assert center.leg.port(LINE, UNIX) is None
    center.here(voice())
    assert center.leg.node_of(LINE) == A


def test_a_headset_whose_node_is_lost_is_waited_for_until_the_page_is_elsewhere_and_not_for_ever(
    center: Center,
) -> None:
    center.lost("b", voice())
    assert center.leg.node_of(LINE) is None
    center.clock.step(Instant(center.clock.now_us() + FOLLOWS_WITHIN_US - 1))
    assert center.leg.node_of(LINE) is None
    center.clock.step(Instant(center.clock.now_us() + 1))
    assert center.leg.node_of(LINE) == A, "which says that it is lost"
    center.others(c=voice(since=2))
    assert center.leg.node_of(LINE) == C
    center.lost("c", voice(since=2))
    assert center.leg.node_of(LINE) is None, "another time"


def test_a_headset_that_was_not_there_when_its_node_was_lost_is_not_waited_for(center: Center) -> None:
    center.lost("b", voice(GONE))
    assert center.leg.node_of(LINE) == A


def test_a_nailed_up_call_comes_after_nobody(center: Center) -> None:
    """The node that keeps it then takes it over, and until then the journal has it."""
    call = OperatorVoice(operator=ANNA, mode=OperatorLine.NAILED_UP, state=UP, line=LineId("c-1"))
    center.lost("b", call)
    assert center.leg.node_of(LineId("nailed:anna")) == A


def test_a_node_that_the_operator_has_left_is_not_believed_and_one_that_the_operator_may_come_back_to_is(
    center: Center,
) -> None:
    center.others(b=voice(GONE, 2, wavering=True), c=None)
    assert center.leg.counts_report(LINE, B)
    assert not center.leg.counts_report(LINE, C)
    center.others(b=voice(GONE, 2, wavering=True), c=voice(since=3))
    assert not center.leg.counts_report(LINE, B)
    assert center.leg.counts_report(LINE, C)


def test_the_voice_is_this_nodes_own_port_or_another_ones_gate(center: Center) -> None:
    center.here(voice(since=1))
    center.others(b=None)
    assert center.leg.port(LINE, UNIX) == UNIX
    center.others(b=voice(since=2))
    assert center.leg.port(LINE, UNIX) == VoicePort(path="b:1/voice/anna.sock", kind="node")


def test_a_voice_that_moves_is_not_said_to_be_taken_over_and_one_after_a_restart_is(center: Center) -> None:
    leg = center.leg
    assert leg.without_move(said(UP, adopted=True), B).adopted, "the leg has just started"
    assert leg.without_move(said(UP, adopted=True), B).adopted
    for _ in range(2):
        assert not leg.without_move(said(UP, adopted=True), C).adopted
    assert leg.without_move(said(GONE, adopted=True), B).adopted, "an end is as it is"
    assert not leg.without_move(said(UP, adopted=True), B).adopted
    assert leg.without_move(said(UP, 2, adopted=True), C).adopted, "another attempt"
